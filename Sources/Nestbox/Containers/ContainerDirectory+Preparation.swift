// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

extension ContainerDirectory {
    /// Makes what a container needs before it is launched: its writable layer, and the files that say who it is.
    func prepare(hostName: String) throws {
        try Directory(upper).make(mode: 0o755)
        try Directory(work).make()
        try write("\(hostName)\n", to: hostNameFile)
    }

    func write(_ text: String, to path: FilePath) throws {
        do {
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .truncate, .closeOnExec, .noFollow],
                permissions: [.ownerReadWrite, .groupRead, .otherRead]
            )
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch let errno as Errno {
            throw SystemFailure("write", path, errno)
        }
    }
}
