// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerKit
import Nestbox

/// The command `kill`.
struct KillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill",
        abstract: "Kill containers, or send them a signal.",
        discussion: """
            Examples:
              nestbox kill web
              nestbox kill --signal HUP web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(name: [.short, .long], help: "The signal, by name or number.")
    var signal = "KILL"

    @Argument(help: "The containers, by name or identifier.")
    var containers: [String]

    func run() async throws {
        guard let signal = Signal(signal) else { throw ValidationError("'\(signal)' is no signal") }
        let nestbox = try await engine.open()
        try await Each.perform(on: containers) { try await nestbox.kill($0, signal: signal) }
    }
}
