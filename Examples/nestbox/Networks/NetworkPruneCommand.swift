// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `network prune`.
struct NetworkPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove all networks to which no container is connected, and print their names.",
        discussion: """
            Example:
              nestbox network prune
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "As it is anyway: nothing is asked.")
    var force = false

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        let names = try await engine.open().pruneNetworks()
        if format == .json { return try JSONOutput.lines([PruneLine(NetworksDeleted: names)]) }
        for name in names { print(name) }
    }
}
