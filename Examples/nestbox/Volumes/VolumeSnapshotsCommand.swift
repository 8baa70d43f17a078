// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume snapshots`.
struct VolumeSnapshotsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshots",
        abstract: "List the snapshots of a volume.",
        discussion: """
            Example:
              nestbox volume snapshots content
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Print names only.")
    var quiet = false

    @Option(help: "table or json.")
    var format = ListFormat.table

    @Argument(help: "The volume.")
    var volume: String

    func run() async throws {
        let snapshots = try await engine.open().volumes.snapshots(of: volume)
        if quiet {
            for snapshot in snapshots { print(snapshot.name) }
        } else if format == .json {
            try JSONOutput.lines(snapshots.map { ["Name": $0.name, "CreatedAt": $0.createdAt.description] })
        } else {
            var table = Table("SNAPSHOT", "CREATED")
            for snapshot in snapshots { table.add(snapshot.name, snapshot.createdAt.description) }
            table.show()
        }
    }
}
