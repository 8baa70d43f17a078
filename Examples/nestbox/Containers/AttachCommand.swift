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
        abstract: "Print what a running container writes from now on, pass signals on, and end with its exit code."
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The container, by name or identifier.")
    var container: String

    func run() async throws {
        let nestbox = try await engine.open()
        let record = try nestbox.container(container)
        guard record.isRunning else {
            throw NestboxError(.notRunning, "container \(container) is not running")
        }
        let logs = try nestbox.logs(record.identifier, LogSelection(tail: 0, follows: true))
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigquit, .sigusr1, .sigusr2)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await signal in signals {
                    try? await nestbox.kill(record.identifier, signal: Signal(rawValue: signal.rawValue))
                }
            }
            for try await entry in logs {
                let target: FileDescriptor = entry.stream == .standardOutput ? .standardOutput : .standardError
                try target.writeAll(entry.text.utf8)
            }
            tasks.cancelAll()
        }
        throw ExitCode(Int32(try await nestbox.wait(record.identifier)))
    }
}
