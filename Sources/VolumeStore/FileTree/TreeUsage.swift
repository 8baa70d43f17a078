// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// What a tree of files takes.
struct TreeUsage: Sendable, Hashable {
    /// Bytes on the disk (blocks, not lengths), each hard-linked file once.
    var bytes: Int64 = 0
    /// Files and directories, each hard-linked file once.
    var inodes: Int64 = 0

    /// Walks the tree below `path`, without leaving its filesystem and without following links.
    static func measure(_ path: FilePath) throws(VolumeError) -> TreeUsage {
        let descriptor = try Directory.open(path)
        defer { try? descriptor.close() }
        let top = try FileStatus(descriptor.rawValue, path: path)
        var walk = Walk(device: top.inode.device)
        walk.add(top)
        try walk.visit(descriptor.rawValue, path: path)
        return walk.usage
    }

    private struct Walk {
        let device: dev_t
        var usage = TreeUsage()
        var linked: Set<FileStatus.Inode> = []

        mutating func add(_ status: FileStatus) {
            if status.hasSeveralNames, !linked.insert(status.inode).inserted { return }
            usage.bytes += status.allocated
            usage.inodes += 1
        }

        mutating func visit(_ directory: CInt, path: FilePath) throws(VolumeError) {
            let reader = try DirectoryReader(listing: directory, path: path)
            while let name = try reader.next() {
                // A container may remove files while we look.
                guard let status = try FileStatus(name, in: directory, path: path) else { continue }
                guard status.inode.device == device else { continue }
                add(status)
                guard status.kind == .directory else { continue }
                let below = openat(directory, name.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                guard below >= 0 else { continue }
                defer { close(below) }
                try visit(below, path: path)
            }
        }

        init(device: dev_t) {
            self.device = device
        }
    }
}
