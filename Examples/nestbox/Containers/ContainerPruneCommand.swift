// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `container prune`.
struct ContainerPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove all containers that do not run, and print their names.",
        discussion: """
            Example:
              nestbox container prune --force --filter until=24h
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Don't ask.")
    var force = false

    // As with Docker -f is no filter here.
    @Option(
        help: ArgumentHelp(
            "Only those that fit: until=24h, label=, and what 'ps' knows.",
            valueName: "name=value"
        )
    )
    var filter: [String] = []

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        let filter = try ContainerFilter(filter)
        if !force, !Confirmation.isGiven("This removes all containers that do not run.") { return }
        let pruned = try await engine.open().pruneContainers(filter)
        let names = pruned.removed.map(\.name)
        if format == .json {
            return try JSONOutput.lines([PruneLine(ContainersDeleted: names, SpaceReclaimed: pruned.reclaimedBytes)])
        }
        if !names.isEmpty {
            print("Deleted Containers:")
            for name in names { print(name) }
            print()
        }
        print("Total reclaimed space: \(ByteText.text(pruned.reclaimedBytes))")
    }
}
