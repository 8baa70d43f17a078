// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `stop`.
struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Ask containers to end, and kill those that do not.",
        discussion: """
            Example:
              nestbox stop --time 30 web
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
        try await Each.perform(on: containers) {
            try await nestbox.stop($0, gracePeriod: timeout.map { .gracePeriod(seconds: $0) })
        }
    }
}
