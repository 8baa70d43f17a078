// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume rm`.
struct VolumeRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove volumes and their data for good.",
        discussion: """
            Example:
              nestbox volume rm content
            """,
        aliases: ["remove"]
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Pass over those that do not exist.")
    var force = false

    @Argument(help: "The volumes.")
    var volumes: [String]

    func run() async throws {
        let store = try await engine.open().volumes
        try await Each.perform(on: volumes) { name in
            do {
                try await store.remove(name)
            } catch let error as VolumeError where force && error.code == .notFound {
                return
            }
        }
    }
}
