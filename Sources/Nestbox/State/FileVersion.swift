// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// libc's `timespec` belongs to whichever of these modules the compiler has read first.
internal import CLinux
internal import Glibc
internal import SystemPackage

/// Tells one content of a file from another, for files that are replaced whole.
struct FileVersion: Hashable, Sendable {
    private let inode: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// The version of a file at this moment; `nil` if there is none.
    init?(_ path: FilePath) {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return nil }
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    /// Tells one file from another that has taken its name.
    struct Identity: Hashable, Sendable {
        private let inode: UInt64

        /// The file of a name at this moment; `nil` if there is none.
        init?(_ path: FilePath) {
            var status = stat()
            guard lstat(path.string, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
        }
    }

    /// Removes a file.
    static func remove(_ path: FilePath) throws(SystemFailure) {
        guard unlink(path.string) == 0 || errno == ENOENT else { throw .last("unlink", path) }
    }
}
