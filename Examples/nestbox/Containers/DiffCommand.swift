// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `diff`.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "List the files that a container has added (A), changed (C) or deleted (D).",
        discussion: """
            Example:
              nestbox diff web
            """
    )

    @OptionGroup var engine: EngineOptions

    @Option(help: "table or json.")
    var format = ListFormat.table

    @Argument(help: "The container, by name or identifier.")
    var container: String

    func run() async throws {
        let changes = try await engine.open().differences(container)
        if format == .json {
            try JSONOutput.lines(changes.map { ["Kind": $0.kind.rawValue, "Path": $0.path] })
        } else {
            for change in changes { print(change) }
        }
    }
}
