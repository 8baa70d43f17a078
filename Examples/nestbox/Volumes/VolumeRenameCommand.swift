// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume rename`.
struct VolumeRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a volume another name, also while it is in use.",
        discussion: """
            Example:
              nestbox volume rename content content-old
            """
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The volume.")
    var volume: String

    @Argument(help: "Its new name.")
    var newName: String

    func run() async throws {
        print(try await engine.open().volumes.rename(volume, to: newName).name)
    }
}
