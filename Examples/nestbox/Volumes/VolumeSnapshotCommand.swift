// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume snapshot`.
struct VolumeSnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Keep a volume's content as it is now, under a name.",
        discussion: """
            Examples:
              nestbox volume snapshot content before-upgrade
              nestbox volume snapshot --remove content before-upgrade
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var writers: VolumePauseOptions

    @Flag(name: [.short, .long], help: "Remove the snapshot of that name instead.")
    var remove = false

    @Argument(help: "The volume.")
    var volume: String

    @Argument(help: "The name of the snapshot.")
    var name: String

    func run() async throws {
        let engine = try await engine.open()
        if remove {
            try await engine.volumes.removeSnapshot(name, of: volume)
            print(name)
        } else {
            print(try await engine.volumes.snapshot(volume, as: name, pausing: writers.hook(of: engine)).name)
        }
    }
}
