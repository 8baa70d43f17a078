// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume inspect`.
struct VolumeInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Print what there is to know about volumes, as JSON.",
        discussion: """
            Example:
              nestbox volume inspect content
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(name: [.short, .long], help: "pretty, or json for a single line.")
    var format = InspectionFormat.pretty

    @Argument(help: "The volumes.")
    var volumes: [String]

    func run() async throws {
        let store = try await engine.open().volumes
        try await Each.list(volumes, format) { VolumeInspection(try await store.volume(named: $0)) }
    }
}
