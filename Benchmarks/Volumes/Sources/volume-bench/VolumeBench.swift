// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The benchmark's two parts.
@main
struct VolumeBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "volume-bench",
        abstract: "Measure VolumeStore beside Podman, cp and tar.",
        subcommands: [All.self, Rows.self, Trees.self],
        defaultSubcommand: All.self
    )
}

/// Both parts, with their defaults.
struct All: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measure everything.")

    func run() async throws {
        try await Rows.parse([]).run()
        try await Trees.parse([]).run()
    }
}
