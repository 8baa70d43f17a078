// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import SystemPackage

/// Removes what is left of a container.
enum DeleteCommand {
    static func run(_ arguments: [String], _ context: CommandContext) throws -> CommandOutcome {
        let scanner = try ArgumentScanner(
            arguments,
            valued: ["--regex"],
            plain: ["--force"],
            aliases: ["-f": "--force", "-r": "--regex"]
        )
        let folder = try context.folder(try scanner.word(0, "the container's id"))
        let isForced = scanner.isSet("--force")
        let state: ContainerState
        do {
            state = try folder.read()
        } catch {
            // To be sure that something is gone is the point of the flag.
            if isForced {
                folder.remove()
                return .ended(0)
            }
            throw error
        }
        if let control = try? ContainerControl(state.reference) {
            if state.isStarted, !isForced {
                throw OCIError("container '\(folder.identifier)' can't be deleted: it is not stopped")
            }
            try control.end()
        }
        try ContainerControl.removeGroups(of: state.reference)
        let configuration = state.hasPoststop ? read(folder, state) : nil
        folder.remove()
        guard let configuration else { return .ended(0) }
        return .waits {
            await runHooks(try context.runtime(), configuration, context)
            return 0
        }
    }

    /// Ends a container after a hook that failed, and removes what is left of it.
    static func destroy(
        _ folder: ContainerFolder,
        _ state: ContainerState,
        _ configuration: ContainerConfiguration,
        _ context: CommandContext
    ) async {
        try? ContainerControl(state.reference).end()
        try? ContainerControl.removeGroups(of: state.reference)
        folder.remove()
        if let runtime = try? context.runtime() { await runHooks(runtime, configuration, context) }
    }

    /// Runs the hooks that are due when a container is gone; one that fails is no more than told of.
    private static func runHooks(
        _ runtime: ContainerRuntime,
        _ configuration: ContainerConfiguration,
        _ context: CommandContext
    ) async {
        for failure in await runtime.runPoststopHooks(configuration) { context.record("warning", "\(failure)") }
    }

    private static func read(_ folder: ContainerFolder, _ state: ContainerState) -> ContainerConfiguration? {
        var reader = try? SpecificationReader(
            bundle: state.bundle,
            identifier: folder.identifier,
            configuration: folder.configurationPath
        )
        return try? reader?.read()
    }
}
