// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `container`: the verbs for containers once more, as Docker's long form has them, and its prune.
struct ContainerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "container",
        abstract: "Manage containers.",
        discussion: """
            Example:
              nestbox container prune
            """,
        subcommands: [
            AttachCommand.self, CommitCommand.self, CopyCommand.self, CreateCommand.self, DiffCommand.self,
            ExecCommand.self, ExportCommand.self, InspectCommand.self, KillCommand.self, LogsCommand.self,
            ContainerListCommand.self, PauseCommand.self, PortCommand.self, ContainerPruneCommand.self,
            RenameCommand.self, RestartCommand.self, RmCommand.self, RunCommand.self, StartCommand.self,
            StatsCommand.self, StopCommand.self, TopCommand.self, UnpauseCommand.self, UpdateCommand.self,
            WaitCommand.self,
        ]
    )
}
