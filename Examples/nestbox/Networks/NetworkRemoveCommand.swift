// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `network rm`.
struct NetworkRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove networks to which no container is connected.",
        discussion: """
            Example:
              nestbox network rm backend
            """,
        aliases: ["remove"]
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The networks, by name or identifier.")
    var networks: [String]

    func run() async throws {
        let nestbox = try await engine.open()
        try await Each.perform(on: networks) { try await nestbox.removeNetwork($0) }
    }
}
