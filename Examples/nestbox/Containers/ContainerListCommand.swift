// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `container ls`.
struct ContainerListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List containers.",
        discussion: """
            Example:
              nestbox container ls --all
            """,
        aliases: ["list", "ps"]
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var list: ContainerList

    func run() async throws {
        try list.show(try await engine.open())
    }
}
