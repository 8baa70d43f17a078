// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `pause`.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop containers' processes where they are.",
        discussion: """
            Example:
              nestbox pause web && nestbox unpause web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The containers, by name or identifier.")
    var containers: [String]

    func run() async throws {
        let nestbox = try await engine.open()
        try await Each.perform(on: containers) { try nestbox.pause($0) }
    }
}
