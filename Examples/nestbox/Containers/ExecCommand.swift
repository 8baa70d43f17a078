// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerKit
import Nestbox
import SystemPackage
import UnixSignals

/// The command `exec`.
struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a further program in a running container.",
        discussion: """
            The exit code is the program's own; 126 if the program could not be executed, 127 if it was not found. With
            -d it is 0 once the program runs, which then reads nothing, and nobody keeps what it writes.

            Examples:
              nestbox exec web cat /etc/hosts
              nestbox exec -it web sh
              nestbox exec -d web /bin/warm-caches --all
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Let the program run by itself, and return at once.")
    var detach = false

    @Flag(name: [.short, .long], help: "Let the program read this terminal's or pipe's input.")
    var interactive = false

    @Flag(name: [.short, .long], help: "Give the program a terminal.")
    var tty = false

    @Option(name: [.short, .customLong("env")], help: "Set a variable: NAME=value, or NAME for the one of this shell.")
    var environment: [String] = []

    @Option(name: .customLong("env-file"), help: "Read variables from a file, one in a line.")
    var environmentFiles: [String] = []

    @Option(name: [.customShort("w"), .customLong("workdir")], help: "Where the program starts.")
    var workingDirectory: String?

    @Option(name: [.short, .long], help: "Who the program runs as: a name or number, and :GROUP behind it.")
    var user: String?

    @Argument(help: "The container, by name or identifier.")
    var container: String

    @Argument(parsing: .captureForPassthrough, help: "The program and its arguments.")
    var command: [String]

    func run() async throws {
        if tty, interactive, !detach { try RawTerminal.requireInput() }
        let nestbox = try await engine.open()
        var options = ExecutionOptions(command)
        options.environment = try environmentFiles.flatMap(EnvironmentFile.read)
        options.environment += environment.compactMap(EnvironmentFile.entry)
        options.workingDirectory = workingDirectory
        options.user = user
        if detach {
            if tty { options.terminal = .init(rows: 24, columns: 80) }
            return try await MonitorCommand.program(root: engine.path).execute(options, in: container)
        }
        options.input = interactive ? .inherited : .null
        options.output = .inherited
        options.error = .inherited
        if tty { options.terminal = RawTerminal.size }
        let process = try await nestbox.execute(options, in: container)
        if let terminal = process.terminal {
            let relay = TerminalRelay(terminal, input: interactive ? process.standardInput : nil)
            await relay.run(process.standardOutput)
        } else {
            await Self.forwardSignals(to: process)
        }
        throw ExitCode(Int32(try await process.wait().shellCode))
    }

    /// Passes signals on until the program has ended.
    private static func forwardSignals(to process: ContainerProcess) async {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigquit, .sigusr1, .sigusr2)
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { for await signal in signals { try? process.send(Signal(rawValue: signal.rawValue)) } }
            _ = try? await process.wait()
            tasks.cancelAll()
        }
    }
}
