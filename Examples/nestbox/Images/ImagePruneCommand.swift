// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox

/// The command `image prune`.
struct ImagePruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove images without a name that no container uses.",
        discussion: """
            Example:
              nestbox image prune --all --filter until=240h
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Remove images that have a name too.")
    var all = false

    @Flag(name: [.short, .long], help: "Do not ask; nothing is asked in any case.")
    var force = false

    @Option(help: "Only those that fit: until=24h, label=NAME[=VALUE].")
    var filter: [String] = []

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        let filter = try ImageFilter(filter)
        let removed = try await engine.open().pruneImages(filter, includesNamed: all)
        if format == .json {
            let images =
                removed.references.map { ["Untagged": "\($0.familiar)"] } + removed.images.map { ["Deleted": "\($0)"] }
            return try JSONOutput.lines([PruneLine(ImagesDeleted: images, SpaceReclaimed: Int64(removed.size))])
        }
        if !removed.images.isEmpty || !removed.references.isEmpty {
            print("Deleted Images:")
            for reference in removed.references { print("untagged: \(reference.familiar)") }
            for image in removed.images { print("deleted: \(image)") }
            print()
        }
        print("Total reclaimed space: \(ByteText.text(removed.size))")
    }
}
