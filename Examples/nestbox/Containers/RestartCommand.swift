// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `restart`.
struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Stop containers and start them again.",
        discussion: """
            Example:
              nestbox restart --time 30 web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(
        name: [.customShort("t"), .customLong("time"), .customLong("timeout")],
        parsing: .unconditional,
        help: "Seconds to wait before it is killed, -1 for no end; by default what --stop-timeout said, or 10."
    )
    var timeout: Int?

    @Argument(help: "The containers, by name or identifier.")
    var containers: [String]

    func run() async throws {
        let nestbox = try await engine.open()
        let program = MonitorCommand.program(root: engine.path)
        try await Each.perform(on: containers) {
            try await nestbox.stop($0, gracePeriod: timeout.map { .gracePeriod(seconds: $0) })
            _ = try await program.start($0)
        }
    }
}
