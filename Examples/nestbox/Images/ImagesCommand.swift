// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `images`.
struct ImagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "List images.",
        discussion: """
            Examples:
              nestbox images
              nestbox images --filter 'reference=site:*' --digests
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var list: ImageList

    func run() async throws {
        try list.show(try await engine.open())
    }
}
