// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ImageBuilder
import ImageStore
import Nestbox

/// The command `builder`.
struct BuilderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "builder",
        abstract: "Manage what builds keep.",
        discussion: """
            Example:
              nestbox builder prune
            """,
        subcommands: [BuilderPruneCommand.self]
    )
}

/// The command `builder prune`.
struct BuilderPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove the results of steps that no image has, and the caches of commands.",
        discussion: """
            Example:
              nestbox builder prune --keep-mounts
            """
    )

    @OptionGroup var engine: EngineOptions

    @Flag(help: "Leave the caches of RUN --mount=type=cache.")
    var keepMounts = false

    @Option(help: "table or json.")
    var format = ListFormat.table

    func run() async throws {
        let nestbox = try await engine.open()
        let removed = try await nestbox.imageBuilder().prune(includesMounts: !keepMounts)
        try await nestbox.close()
        if format == .json { return try JSONOutput.lines([PruneLine(SpaceReclaimed: Int64(removed.size))]) }
        print("Total reclaimed space: \(ByteText.text(removed.size))")
    }
}
