// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Gives a copied file the owner, mode, extended attributes and times of the original.
///
/// The order matters: a change of owner clears set-id bits and file capabilities, and any change moves the times.
enum FileAttributes {
    /// For an open file or directory.
    static func apply(_ status: stat, from source: CInt, to target: CInt, path: @autoclosure () -> FilePath)
        throws(VolumeError)
    {
        guard fchown(target, status.st_uid, status.st_gid) == 0 else { throw .system("fchown", path()) }
        guard fchmod(target, status.st_mode & 0o7777) == 0 else { throw .system("fchmod", path()) }
        try ExtendedAttributes.copy(from: source, to: target, path: path())
        let times = [status.st_atim, status.st_mtim]
        guard futimens(target, times) == 0 else { throw .system("futimens", path()) }
    }

    /// For a symbolic link or a special file, by its name in an open directory.
    static func applyUnopened(
        _ status: stat,
        _ name: EntryName,
        from source: CInt,
        to target: CInt,
        path: @autoclosure () -> FilePath
    ) throws(VolumeError) {
        guard fchownat(target, name.bytes, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw .system("fchownat", path())
        }
        if status.st_mode & S_IFMT != S_IFLNK {
            // Only the store can reach the target, so the name can't have become a link since.
            guard fchmodat(target, name.bytes, status.st_mode & 0o7777, 0) == 0 else {
                throw .system("fchmodat", path())
            }
        }
        try ExtendedAttributes.copyUnopened(
            from: EntryName("/proc/self/fd/\(source)").appending(name),
            to: EntryName("/proc/self/fd/\(target)").appending(name),
            path: path()
        )
        let times = [status.st_atim, status.st_mtim]
        guard utimensat(target, name.bytes, times, AT_SYMLINK_NOFOLLOW) == 0 else { throw .system("utimensat", path()) }
    }
}
