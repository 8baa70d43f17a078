// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `unpause`.
struct UnpauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpause",
        abstract: "Let paused containers go on.",
        discussion: """
            Example:
              nestbox unpause web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The containers, by name or identifier.")
    var containers: [String]

    func run() async throws {
        let nestbox = try await engine.open()
        try await Each.perform(on: containers) { try nestbox.unpause($0) }
    }
}
