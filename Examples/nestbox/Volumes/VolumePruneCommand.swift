// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume prune`.
struct VolumePruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove anonymous volumes that no container uses."
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var filters: VolumeFilterOptions

    @Flag(name: [.short, .long], help: "Remove named ones too.")
    var all = false

    @Flag(help: "Do not ask; nothing is asked in any case.")
    var force = false

    func run() async throws {
        let filter = try filters.added(to: all ? VolumeFilter() : .anonymous)
        let report = try await engine.open().volumes.prune(filter)
        if !report.removed.isEmpty {
            print("Deleted Volumes:")
            for volume in report.removed { print(volume.name) }
            print()
        }
        print("Total reclaimed space: \(ByteText.text(report.reclaimedBytes))")
    }
}
