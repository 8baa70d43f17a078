// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox

/// The command `tag`.
struct TagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "Give an image a further name.",
        discussion: """
            Example:
              nestbox tag site:2 registry.example.com/team/site:2
            """
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The image, by name or identifier.")
    var image: String

    @Argument(help: "The name it gets too.")
    var name: String

    func run() async throws {
        let reference = try ImageReference(name)
        let store = try await engine.open().images
        try store.tag(store.image(image), as: reference)
    }
}
