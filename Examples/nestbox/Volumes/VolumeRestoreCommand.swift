// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume restore`.
struct VolumeRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a volume's content what it was at a snapshot; what it is now is lost.",
        discussion: """
            Example:
              nestbox volume restore content before-upgrade
            """
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The volume, which no container uses.")
    var volume: String

    @Argument(help: "The snapshot.")
    var snapshot: String

    func run() async throws {
        try await engine.open().volumes.restore(volume, from: snapshot)
        print(volume)
    }
}
