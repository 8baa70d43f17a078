// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The command `rename`.
struct RenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a container another name.",
        discussion: """
            Example:
              nestbox rename web web-old
            """
    )

    @OptionGroup var engine: EngineOptions

    @Argument(help: "The container, by name or identifier.")
    var container: String

    @Argument(help: "The new name.")
    var name: String

    func run() async throws {
        try await engine.open().rename(container, to: name)
    }
}
