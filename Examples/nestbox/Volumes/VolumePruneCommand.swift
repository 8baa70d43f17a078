// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume prune`.
struct VolumePruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove anonymous volumes that no container uses.",
        discussion: """
            Example:
              nestbox volume prune --filter label=scratch
            """
    )

    @OptionGroup var engine: EngineOptions

    // As with Docker -f is no filter here.
    @Option(
        help: ArgumentHelp(
            "Only those that fit: name=, driver=, label=, label!=, anonymous=, container=.",
            valueName: "name=value"
        )
    )
    var filter: [String] = []

    @Flag(name: [.short, .long], help: "Remove named ones too.")
    var all = false

    @Flag(name: [.short, .long], help: "Do not ask; nothing is asked in any case.")
    var force = false

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        var wanted = all ? VolumeFilter() : VolumeFilter.anonymous
        for text in filter { try wanted.add(text) }
        let report = try await engine.open().volumes.prune(wanted)
        if format == .json {
            let names = report.removed.map(\.name)
            return try JSONOutput.lines([PruneLine(VolumesDeleted: names, SpaceReclaimed: report.reclaimedBytes)])
        }
        if !report.removed.isEmpty {
            print("Deleted Volumes:")
            for volume in report.removed { print(volume.name) }
            print()
        }
        print("Total reclaimed space: \(ByteText.text(report.reclaimedBytes))")
    }
}
