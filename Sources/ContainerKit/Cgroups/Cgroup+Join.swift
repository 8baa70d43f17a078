// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

extension Cgroup {
    /// Opens what a new process joins the groups by, for the launch and for each later `exec`.
    ///
    /// - Throws: ``ContainerError`` if a group is gone; nothing stays open.
    package func openJoin() throws -> CgroupJoin {
        var tasks: [CgroupJoin.Tasks] = []
        var directory: FileDescriptor?
        do {
            for member in members {
                switch member.branch.hierarchy.version {
                case .v1:
                    let file = member.file("tasks")
                    tasks.append(
                        CgroupJoin.Tasks(
                            descriptor: try member.directory.open(file, O_WRONLY),
                            path: member.directory.path.pushing(FilePath(file))
                        )
                    )
                case .v2:
                    directory = try member.directory.open(member.name, O_RDONLY | O_DIRECTORY)
                }
            }
        } catch {
            for file in tasks { try? file.descriptor.close() }
            try? directory?.close()
            throw error
        }
        return CgroupJoin(tasks: tasks, directory: directory)
    }
}
