// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import SystemPackage

/// The command-line tool: it reads arguments, calls the library, and prints.
@main
struct NestboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nestbox",
        abstract: "Run containers, keep their volumes, and balance load across them. No daemon is needed.",
        discussion: """
            Examples:
              nestbox image import rootfs.tar ghost --change 'CMD ["node", "index.js"]'
              nestbox run -d --name blog -e NODE_ENV=production -p 8080:2368 -v content:/var/lib/ghost ghost
              nestbox service create --name web --replicas 3 -p 8080:2368 ghost
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Containers:",
                subcommands: [
                    RunCommand.self, CreateCommand.self, StartCommand.self, RestartCommand.self, StopCommand.self,
                    KillCommand.self, RmCommand.self, WaitCommand.self, RenameCommand.self, PsCommand.self,
                    LogsCommand.self, InspectCommand.self, PortCommand.self, EventsCommand.self, CopyCommand.self,
                    DiffCommand.self, CommitCommand.self, ExportCommand.self, ExecCommand.self, AttachCommand.self,
                    PauseCommand.self, UnpauseCommand.self, TopCommand.self, StatsCommand.self, UpdateCommand.self,
                    ContainerCommand.self,
                ]
            ),
            CommandGroup(
                name: "Images:",
                subcommands: [
                    BuildCommand.self, BuilderCommand.self, ImageCommand.self, ImagesCommand.self, PullCommand.self,
                    PushCommand.self, LoginCommand.self,
                    LogoutCommand.self, RmiCommand.self, TagCommand.self, HistoryCommand.self, SaveCommand.self,
                    LoadCommand.self, ImportCommand.self,
                ]
            ),
            CommandGroup(name: "Volumes:", subcommands: [VolumeCommand.self]),
            CommandGroup(name: "Networks:", subcommands: [NetworkCommand.self]),
            CommandGroup(
                name: "System:",
                subcommands: [SystemCommand.self, SystemInfoCommand.self, VersionCommand.self]
            ),
            CommandGroup(
                name: "Services:",
                subcommands: [ServiceCommand.self, MonitorCommand.self, SimulateCommand.self]
            ),
        ]
    )

    static func main() async {
        StandardStreams.open()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            try StandardOutput.finish()
        } catch {
            Failure.end(error)
        }
    }
}
