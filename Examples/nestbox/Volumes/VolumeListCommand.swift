// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox
import VolumeStore

/// The command `volume ls`.
struct VolumeListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List volumes.",
        discussion: """
            Example:
              nestbox volume ls --filter dangling=true
            """,
        aliases: ["list"]
    )

    @OptionGroup var engine: EngineOptions
    @OptionGroup var filters: VolumeFilterOptions

    @Flag(name: [.short, .long], help: "Print names only.")
    var quiet = false

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        let nestbox = try await engine.open()
        let volumes = try await nestbox.volumes.list(filters.added(in: nestbox))
        if quiet {
            for volume in volumes { print(volume.name) }
        } else if format == .json {
            try JSONOutput.lines(volumes.map { VolumeInspection($0) })
        } else {
            var table = Table("DRIVER", "VOLUME NAME")
            for volume in volumes { table.add(volume.driver, volume.name) }
            table.show()
        }
    }
}
