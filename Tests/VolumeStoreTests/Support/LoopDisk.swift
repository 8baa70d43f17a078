// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A filesystem of any type in a file, mounted for one test.
enum LoopDisk {
    /// Runs `body` with the directory where the filesystem is mounted.
    ///
    /// - Parameters:
    ///   - make: The program that makes the filesystem, with its options.
    ///   - megabytes: The size of the file, which is sparse.
    ///   - options: Options of the mount.
    ///   - body: What to do there.
    /// - Throws: What `body` throws, and when there can be no such filesystem.
    static func with(
        _ make: [String],
        megabytes: Int = 400,
        options: String = "defaults",
        _ body: (FilePath) async throws -> Void
    ) async throws {
        try await FileTree.withTemporaryDirectory { directory in
            let (image, disk) = (directory.appending("image"), directory.appending("disk"))
            try FileTree.write("", to: image)
            guard truncate(image.string, megabytes << 20) == 0 else { throw Errno(rawValue: errno) }
            try FileTree.make(disk)
            let words = make.map { "'\($0)'" }.joined(separator: " ")
            let script = "\(words) '\(image)' >/dev/null 2>&1 && mount -o loop,\(options) '\(image)' '\(disk)'"
            try FileTree.run("/bin/sh", "-c", script)
            defer { umount2(disk.string, 2) }
            try await body(disk)
        }
    }

    /// How many bytes are taken on the filesystem.
    static func used(_ path: FilePath) throws -> Int {
        // Blocks that were only promised are counted when they are there.
        try FileTree.run("/bin/sync", "-f", path.string)
        var status = statvfs()
        guard statvfs(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
        return Int(status.f_blocks - status.f_bfree) * Int(status.f_frsize)
    }
}
