// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerKit
import Nestbox
import SystemPackage
import UnixSignals

/// The command `attach`.
struct AttachCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Join a running container: print what it writes from now on, and end with its exit code.",
        discussion: """
            The input is the program's, if it was started with -i; signals are passed on, unless it has a terminal, where
            they are keys. Control-P and Control-Q, one after the other, leave it running.

            Examples:
              nestbox run -dit --name shell debian bash
              nestbox attach shell
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: .customLong("no-stdin"), help: "Give the program no input.")
    var hasNoInput = false

    @Argument(help: "The container, by name or identifier.")
    var container: String

    func run() async throws {
        let nestbox = try await engine.open()
        let record = try nestbox.container(container)
        guard record.isRunning else {
            throw NestboxError(.notRunning, "container '\(container)' is not running")
        }
        if let attachment = try nestbox.attach(record.identifier) {
            let session = AttachSession(
                attachment: attachment,
                readsInput: record.specification.readsInput && !hasNoInput,
                hasTerminal: record.specification.hasTerminal
            )
            let isDetached = try await withSignals(to: record, on: nestbox) { try await session.run() }
            if isDetached { return }
        } else {
            try await withSignals(to: record, on: nestbox) { try await follow(record, nestbox) }
        }
        throw ExitCode(Int32(try await nestbox.wait(record.identifier)))
    }

    /// Prints what the log gets.
    private func follow(_ record: ContainerRecord, _ nestbox: Nestbox) async throws {
        for try await entry in try nestbox.logs(record.identifier, LogSelection(tail: 0, follows: true)) {
            let target: FileDescriptor = entry.stream == .standardOutput ? .standardOutput : .standardError
            try target.writeAll(entry.text.utf8)
        }
    }

    /// Passes signals on while something is done.
    private func withSignals<Value: Sendable>(
        to record: ContainerRecord,
        on nestbox: Nestbox,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigquit, .sigusr1, .sigusr2)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await signal in signals {
                    try? await nestbox.kill(record.identifier, signal: Signal(rawValue: signal.rawValue))
                }
            }
            defer { tasks.cancelAll() }
            return try await body()
        }
    }
}
