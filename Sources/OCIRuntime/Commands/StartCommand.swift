// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// Starts the program of a container that was created.
enum StartCommand {
    static func run(_ arguments: [String], _ context: CommandContext) async throws -> Int32 {
        let scanner = try ArgumentScanner(arguments, valued: [])
        let folder = try context.folder(try scanner.word(0, "the container's id"))
        try await start(folder, context)
        return 0
    }

    /// Starts it, with a configuration that is `known` and need not be read again, or else as its folder has it.
    static func start(
        _ folder: ContainerFolder,
        _ context: CommandContext,
        known: ContainerConfiguration? = nil
    ) async throws {
        var state = try folder.read()
        guard ContainerRuntime.isAlive(state.reference) else {
            throw OCIError("container '\(folder.identifier)' can't be started: it is stopped")
        }
        if state.isStarted { throw OCIError("container '\(folder.identifier)' can't be started: it is running") }
        state.isStarted = true
        try folder.write(state)
        try folder.files.start()
        let configuration = try known ?? read(folder, state)
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
