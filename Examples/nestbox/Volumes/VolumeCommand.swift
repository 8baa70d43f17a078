// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser

/// The command `volume`.
struct VolumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "volume",
        abstract: "Create, list, copy and remove volumes.",
        discussion: """
            Examples:
              nestbox volume create --opt size=64m uploads
              nestbox run --rm -v uploads:/srv debian ls /srv
              nestbox volume snapshot uploads monday
            """,
        subcommands: [
            VolumeCreateCommand.self, VolumeListCommand.self, VolumeInspectCommand.self, VolumeRemoveCommand.self,
            VolumePruneCommand.self, VolumeRenameCommand.self, VolumeUsageCommand.self,
            VolumeServeCommand.self,
        ],
        groupedSubcommands: [
            CommandGroup(
                name: "Snapshots and archives:",
                subcommands: [
                    VolumeSnapshotCommand.self, VolumeSnapshotsCommand.self, VolumeCloneCommand.self,
                    VolumeRestoreCommand.self, VolumeExportCommand.self, VolumeImportCommand.self,
                ]
            )
        ]
    )
}
