// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit

/// A further program that a monitor runs in a container: what it reads is empty, and nobody keeps what it writes.
struct ExecutionOrder: Sendable, Codable {
    let container: String
    let command: [String]
    let environment: [String]
    let workingDirectory: String?
    let user: String?
    let hasTerminal: Bool

    init(_ options: ExecutionOptions, in container: String) {
        self.container = container
        command = options.command
        environment = options.environment
        workingDirectory = options.workingDirectory
        user = options.user
        hasTerminal = options.terminal != nil
    }

    /// What the engine is asked for.
    var options: ExecutionOptions {
        var options = ExecutionOptions(command)
        options.environment = environment
        options.workingDirectory = workingDirectory
        options.user = user
        options.input = .null
        options.output = .null
        options.error = .null
        if hasTerminal { options.terminal = .init(rows: 24, columns: 80) }
        return options
    }
}
