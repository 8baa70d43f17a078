// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `image ls`.
struct ImageListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List images.",
        discussion: """
            Example:
              nestbox image ls --filter until=24h
            """,
        aliases: ["list"]
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var list: ImageList

    func run() async throws {
        try list.show(try await engine.open())
    }
}
