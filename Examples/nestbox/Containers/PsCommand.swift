// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `ps`.
struct PsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps",
        abstract: "List containers.",
        discussion: """
            Examples:
              nestbox ps --all
              nestbox ps --filter status=exited --filter label=stage=test
              nestbox rm $(nestbox ps -aq)
            """
    )

    @OptionGroup var engine: EngineOptions

    @OptionGroup var list: ContainerList

    func run() async throws {
        try list.show(try await engine.open())
    }
}
