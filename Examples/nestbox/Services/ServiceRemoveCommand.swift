// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `service rm`.
struct ServiceRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Stop and remove services with their containers.",
        discussion: """
            Example:
              nestbox service rm web
            """,
        aliases: ["remove"]
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The services.")
    var services: [String]

    func run() async throws {
        let nestbox = try await engine.open()
        try await Each.perform(on: services) { try await nestbox.removeService($0) }
    }
}
