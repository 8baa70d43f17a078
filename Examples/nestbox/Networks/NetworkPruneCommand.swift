// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `network prune`.
struct NetworkPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove all networks to which no container is connected, and print their names."
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "As it is anyway: nothing is asked.")
    var force = false

    func run() async throws {
        for name in try await engine.open().pruneNetworks() { print(name) }
    }
}
