// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import SystemPackage

/// Removes what is left of a container.
enum DeleteCommand {
    static func run(_ arguments: [String], _ context: CommandContext) async throws -> Int32 {
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
                return 0
            }
            throw error
        }
        let runtime = try context.runtime()
        if ContainerRuntime.isAlive(state.reference) {
            if state.isStarted, !isForced {
                throw OCIError("container '\(folder.identifier)' can't be deleted: it is not stopped")
            }
            let found = try runtime.find(state.reference)
            try found.kill()
            try await found.waitUntilEnded()
        }
        try runtime.removeGroups(at: state.reference.controlGroups)
        var reader = try? SpecificationReader(
            bundle: state.bundle,
            identifier: folder.identifier,
            configuration: folder.configurationPath
        )
        let configuration = try? reader?.read()
        folder.remove()
        if let configuration { await runtime.runPoststopHooks(configuration) }
        return 0
    }
}
