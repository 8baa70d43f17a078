// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import Glibc

/// Makes a container, starts it, and unless it is detached waits for its end and removes it.
enum RunCommand {
    static func run(_ arguments: [String], _ context: CommandContext) async throws -> Int32 {
        var command = try CreateCommand(arguments, context)
        let isDetached = command.scanner.isSet("--detach")
        try command.checkTerminal(isDetached: isDetached)
        let runtime = try context.runtime()
        let container = try await command.make(runtime)
        do {
            let state = try StartCommand.start(command.folder)
            try await StartCommand.runHooks(command.configuration, state, context)
        } catch {
            _ = try? await container.kill()
            try? await container.delete()
            command.folder.remove()
            throw error
        }
        if isDetached { return 0 }
        let relay = TerminalRelay(command.scanner["--console-socket"] == nil ? container.terminal : nil)
        let status = try await relay.follow(
            input: container.standardInput,
            output: container.standardOutput,
            send: { try? container.send($0) },
            wait: { try await container.wait() }
        )
        if !command.scanner.isSet("--keep") {
            for failure in try await container.deleteAndTell() { context.record("warning", "\(failure)") }
            command.folder.remove()
        }
        return Int32(status.shellCode)
    }
}
