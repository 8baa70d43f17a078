// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox

/// The flags of `images` and `image ls`, and what they print.
struct ImageList: ParsableArguments {
    @Flag(name: [.short, .long], help: "Show all images; there are no hidden ones.")
    var all = false

    @Flag(name: [.short, .long], help: "Print identifiers only.")
    var quiet = false

    @Flag(name: .customLong("no-trunc"), help: "Print identifiers in full.")
    var isWhole = false

    @Flag(help: "Print digests too.")
    var digests = false

    @Option(
        name: [.short, .long],
        help:
            "Only those that fit: dangling=true, reference=PATTERN, label=NAME[=VALUE], until=24h, before=IMAGE, since=IMAGE."
    )
    var filter: [String] = []

    @Option(help: "table or json.")
    var format = ListFormat.table

    @Argument(help: "Only images of this repository, or of this name.")
    var name: String?

    func show(_ nestbox: Nestbox) throws {
        var filter = try ImageFilter(filter, in: nestbox.images)
        if let name { filter.references.append(name) }
        let lines = try nestbox.images.images().reversed().filter(filter.matches).map {
            ImageLine($0, truncates: !isWhole)
        }
        if quiet {
            var seen: Set<String> = []
            for line in lines where seen.insert(line.ID).inserted { print(line.ID) }
        } else if format == .json {
            try JSONOutput.lines(lines)
        } else if digests {
            var table = Table("REPOSITORY", "TAG", "DIGEST", "IMAGE ID", "CREATED", "SIZE")
            for line in lines {
                table.add(line.Repository, line.Tag, line.Digest, line.ID, line.CreatedSince, line.Size)
            }
            table.show()
        } else {
            var table = Table("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE")
            for line in lines { table.add(line.Repository, line.Tag, line.ID, line.CreatedSince, line.Size) }
            table.show()
        }
    }
}
