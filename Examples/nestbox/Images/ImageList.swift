// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageStore
import Nestbox

/// The flags of `images` and `image ls`, and what they print.
struct ImageList: ParsableArguments {
    @Flag(name: [.short, .long], help: "Print identifiers only.")
    var quiet = false

    @Flag(name: .customLong("no-trunc"), help: "Print identifiers in full.")
    var isWhole = false

    @Option(help: "table or json.")
    var format = ListFormat.table

    func show(_ nestbox: Nestbox) throws {
        let lines = try nestbox.images.images().reversed().map { ImageLine($0, truncates: !isWhole) }
        if quiet {
            for line in lines { print(line.ID) }
        } else if format == .json {
            try JSONOutput.lines(lines)
        } else {
            var table = Table("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE")
            for line in lines { table.add(line.Repository, line.Tag, line.ID, line.CreatedSince, line.Size) }
            table.show()
        }
    }
}
