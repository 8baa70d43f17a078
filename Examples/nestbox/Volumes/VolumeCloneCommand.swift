// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume clone`.
struct VolumeCloneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone",
        abstract: "Make a new volume with the content, driver, options and labels of another.",
        discussion: """
            Example:
              nestbox volume clone --snapshot before-upgrade content content-test
            """
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var writers: VolumePauseOptions

    @Option(help: "Take the content of this snapshot instead of the present one.")
    var snapshot: String?

    @Argument(help: "The volume.")
    var volume: String

    @Argument(help: "The name of the new one.")
    var newName: String

    func run() async throws {
        let engine = try await engine.open()
        if let snapshot {
            print(try await engine.volumes.clone(volume, snapshot: snapshot, to: newName).name)
        } else {
            print(try await engine.volumes.clone(volume, to: newName, pausing: writers.hook(of: engine)).name)
        }
    }
}
