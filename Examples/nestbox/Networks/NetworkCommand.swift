// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `network`.
struct NetworkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network",
        abstract: "Make, list and remove networks, and connect containers to them.",
        discussion: """
            Containers of one network find each other by name. The network 'bridge' is there without being made.

            Example:
              nestbox network create backend
              nestbox run -d --name db --network backend postgres
              nestbox run --rm --network backend debian getent hosts db
            """,
        subcommands: [
            NetworkCreateCommand.self, NetworkListCommand.self, NetworkInspectCommand.self, NetworkRemoveCommand.self,
            NetworkConnectCommand.self, NetworkDisconnectCommand.self, NetworkPruneCommand.self,
        ]
    )
}
