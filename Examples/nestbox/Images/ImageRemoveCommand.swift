// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `image rm`.
struct ImageRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove images.",
        discussion: """
            Example:
              nestbox image rm site:1 site:2
            """,
        aliases: ["remove"]
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var removal: ImageRemoval

    func run() async throws {
        try await removal.perform(try await engine.open())
    }
}
