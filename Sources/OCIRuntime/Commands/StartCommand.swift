// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// Starts the program of a container that was created.
enum StartCommand {
    static func run(_ arguments: [String], _ context: CommandContext) throws -> CommandOutcome {
        let scanner = try ArgumentScanner(arguments, valued: [])
        let folder = try context.folder(try scanner.word(0, "the container's id"))
        let state = try start(folder)
        guard state.hasPoststart else { return .ended(0) }
        let configuration = try read(folder, state)
        return .waits {
            do {
                try await runHooks(configuration, state, context)
            } catch {
                await DeleteCommand.destroy(folder, state, configuration, context)
                throw error
            }
            return 0
        }
    }

    /// Starts the program; hooks may be due after.
    static func start(_ folder: ContainerFolder) throws -> ContainerState {
        var state = try folder.read()
        guard ContainerRuntime.isAlive(state.reference) else {
            throw OCIError("container '\(folder.identifier)' can't be started: it is stopped")
        }
        if state.isStarted { throw OCIError("container '\(folder.identifier)' can't be started: it is running") }
        guard state.hasProgram else {
            throw OCIError("container '\(folder.identifier)' can't be started: its configuration has no process")
        }
        state.isStarted = true
        try folder.write(state)
        try folder.files.start()
        return state
    }

    /// Runs the hooks that are due when the program has been started.
    static func runHooks(
        _ configuration: ContainerConfiguration,
        _ state: ContainerState,
        _ context: CommandContext
    ) async throws {
        guard !configuration.hooks.poststart.isEmpty else { return }
        try await context.runtime().runPoststartHooks(
            configuration,
            processIdentifier: state.reference.processIdentifier
        )
    }

    private static func read(_ folder: ContainerFolder, _ state: ContainerState) throws -> ContainerConfiguration {
        var reader = try SpecificationReader(
            bundle: state.bundle,
            identifier: folder.identifier,
            configuration: folder.configurationPath
        )
        return try reader.read()
    }
}
