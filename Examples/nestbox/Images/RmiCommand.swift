// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `rmi`.
struct RmiCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rmi",
        abstract: "Remove images.",
        discussion: """
            Example:
              nestbox rmi site:1
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var removal: ImageRemoval

    func run() async throws {
        try await removal.perform(try await engine.open())
    }
}
