// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox

/// The command `image inspect`.
struct ImageInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Print what there is to know about images, as JSON.",
        discussion: """
            Example:
              nestbox image inspect debian
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(name: [.short, .long], help: "pretty, or json for a single line.")
    var format = InspectionFormat.pretty

    @Option(help: "Show the image for this platform: OS/ARCHITECTURE[/VARIANT].")
    var platform: String?

    @Argument(help: "The images, by name or identifier.")
    var images: [String]

    func run() async throws {
        let platform = try platform.map { try Platform(argument: $0) } ?? .current
        let store = try await engine.open().images
        let all = try store.images()
        try await Each.list(images, format) { ImageInspection(try store.image($0, platform: platform), among: all) }
    }
}
