// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `image`.
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Manage images.",
        discussion: """
            Example:
              nestbox image ls --filter dangling=true
            """,
        subcommands: [
            HistoryCommand.self, ImportCommand.self, ImageInspectCommand.self, LoadCommand.self,
            ImageListCommand.self, ImagePruneCommand.self, PullCommand.self, PushCommand.self,
            ImageRemoveCommand.self, SaveCommand.self, TagCommand.self,
        ]
    )
}
