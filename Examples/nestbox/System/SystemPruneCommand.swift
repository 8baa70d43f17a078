// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `system prune`.
struct SystemPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove stopped containers, unused networks and images without a name.",
        discussion: """
            Example:
              nestbox system prune --all --volumes
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(name: [.short, .long], help: "Remove images that no container uses, whatever their names.")
    var all = false

    @Flag(help: "Remove volumes that no container uses and nobody named.")
    var volumes = false

    @Flag(name: [.short, .long], help: "Don't ask.")
    var force = false

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        if !force, !Confirmation.isGiven("This removes stopped containers, unused networks and unused images.") {
            return
        }
        let pruned = try await engine.open().prune(allImages: all, volumes: volumes)
        if format == .json {
            let line = PruneLine(
                ContainersDeleted: pruned.containers,
                NetworksDeleted: pruned.networks,
                VolumesDeleted: pruned.volumes,
                ImagesDeleted: pruned.images.map { ["Deleted": $0] }
            )
            return try JSONOutput.lines([line])
        }
        for name in pruned.containers { print("container \(name)") }
        for name in pruned.networks { print("network \(name)") }
        for name in pruned.images { print("image \(name)") }
        for name in pruned.volumes { print("volume \(name)") }
    }
}

/// Asks before something is removed.
enum Confirmation {
    /// Whether the person at the terminal agrees.
    static func isGiven(_ text: String) -> Bool {
        print("\(text) Are you sure? [y/N] ", terminator: "")
        StandardOutput.flush()
        return ["y", "yes"].contains(readLine()?.lowercased())
    }
}
