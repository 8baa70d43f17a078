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
        var walk = Walk()
        let descriptor = try Directory.open(path)
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else {
            let error = VolumeError.system("fstat", path)
            try? descriptor.close()
            throw error
        }
        walk.device = status.st_dev
        walk.add(status)
        try walk.visit(consuming: descriptor, path: path)
        return walk.usage
    }

    private struct Walk {
        var usage = TreeUsage()
        var device: dev_t = 0
        var linked: Set<ino_t> = []

        mutating func add(_ status: stat) {
            if status.st_nlink > 1, status.st_mode & S_IFMT != S_IFDIR {
                guard linked.insert(status.st_ino).inserted else { return }
            }
            usage.bytes += Int64(status.st_blocks) * 512
            usage.inodes += 1
        }

        mutating func visit(consuming descriptor: FileDescriptor, path: FilePath) throws(VolumeError) {
            let raw = descriptor.rawValue
            let reader = try DirectoryReader(consuming: descriptor, path: path)
            while let name = try reader.next() {
                var status = stat()
                // A container may remove files while we look.
                guard fstatat(raw, name.bytes, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
                guard status.st_dev == device else { continue }
                add(status)
                guard status.st_mode & S_IFMT == S_IFDIR else { continue }
                let below = openat(raw, name.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                if below >= 0 { try visit(consuming: FileDescriptor(rawValue: below), path: path) }
            }
        }
    }
}
