// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// The headers of libarchive define `struct stat` once more; either module may be the owner.
import CArchive
import Glibc
import SystemPackage

/// What a file has beside its content and its name: owner, mode, times, extended attributes.
struct FileAttributes {
    var owner: uid_t
    var group: gid_t
    /// Permissions with the set-id and sticky bits.
    var mode: mode_t
    var accessed: timespec
    var modified: timespec
    var extended: [ExtendedAttributes.Attribute]

    init(_ status: FileStatus, extended: [ExtendedAttributes.Attribute]) {
        self.init(status.raw, extended: extended)
    }

    init(_ status: stat, extended: [ExtendedAttributes.Attribute]) {
        owner = status.st_uid
        group = status.st_gid
        mode = status.st_mode & 0o7777
        accessed = status.st_atim
        modified = status.st_mtim
        self.extended = extended
    }

    /// Of an open file or directory.
    static func of(_ file: CInt, path: @autoclosure () -> FilePath) throws(VolumeError) -> FileAttributes {
        let extended = try ExtendedAttributes.all(of: file, path: path())
        return FileAttributes(try FileStatus(file, path: path()), extended: extended)
    }

    /// Gives them to an open file or directory.
    ///
    /// The order matters: a change of owner clears set-id bits and file capabilities, and any change moves the times.
    func apply(to file: CInt, path: @autoclosure () -> FilePath) throws(VolumeError) {
        guard fchown(file, owner, group) == 0 else { throw .system("fchown", path()) }
        guard fchmod(file, mode) == 0 else { throw .system("fchmod", path()) }
        try ExtendedAttributes.set(extended, on: file, path: path())
        guard futimens(file, [accessed, modified]) == 0 else { throw .system("futimens", path()) }
    }

    /// Gives them to a symbolic link or a special file, by its name in an open directory.
    func apply(
        toUnopened name: EntryName,
        in directory: CInt,
        isLink: Bool,
        path: @autoclosure () -> FilePath
    ) throws(VolumeError) {
        guard fchownat(directory, name.bytes, owner, group, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw .system("fchownat", path())
        }
        // Only the store can reach the directory, so the name can't have become a link since.
        guard isLink || fchmodat(directory, name.bytes, mode, 0) == 0 else { throw .system("fchmodat", path()) }
        let file = EntryName("/proc/self/fd/\(directory)").appending(name)
        try ExtendedAttributes.set(extended, onLink: file, path: path())
        guard utimensat(directory, name.bytes, [accessed, modified], AT_SYMLINK_NOFOLLOW) == 0 else {
            throw .system("utimensat", path())
        }
    }
}
