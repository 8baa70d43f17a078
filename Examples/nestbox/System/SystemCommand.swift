// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `system`.
struct SystemCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "system",
        abstract: "Say what takes space, free it, and tell about this machine.",
        discussion: """
            Examples:
              nestbox system df
              nestbox system prune
            """,
        subcommands: [SystemUsageCommand.self, SystemPruneCommand.self, SystemInfoCommand.self]
    )
}
