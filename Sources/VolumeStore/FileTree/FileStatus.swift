// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// The headers of libarchive define `struct stat` and `struct timespec` once more; either module may be the owner.
import CArchive
import Glibc
import SystemPackage

/// What the kernel says of a file (stat(2)).
struct FileStatus {
    /// One file of the machine, whatever its names.
    struct Inode: Hashable {
        var device: dev_t
        var number: ino_t
    }

    /// What sort of file it is.
    enum Kind: Hashable {
        case directory
        case regular
        case link
        case socket
        case special
    }

    /// As the C library has it.
    var raw: stat

    /// Of an open file.
    init(_ descriptor: CInt, path: @autoclosure () -> FilePath) throws(VolumeError) {
        raw = stat()
        guard fstat(descriptor, &raw) == 0 else { throw .system("fstat", path()) }
    }

    /// Of a name in an open directory, not followed if it is a link; nil if it is not there any more.
    init?(_ name: EntryName, in directory: CInt, path: @autoclosure () -> FilePath) throws(VolumeError) {
        raw = stat()
        guard fstatat(directory, name.bytes, &raw, AT_SYMLINK_NOFOLLOW) == 0 else {
            if Errno.last == .noSuchFileOrDirectory { return nil }
            throw .system("fstatat", path())
        }
    }

    /// Of a path, not followed if it is a link at its end; nil, with `errno` set, if that fails.
    init?(_ path: FilePath) {
        raw = stat()
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) }) == 0 else { return nil }
        raw = status
    }

    var inode: Inode { Inode(device: raw.st_dev, number: raw.st_ino) }
    var size: Int { Int(raw.st_size) }
    /// Bytes on the disk.
    var allocated: Int64 { Int64(raw.st_blocks) * 512 }
    /// Of the last access and the last modification, as utimensat(2) takes them.
    var times: [timespec] { [raw.st_atim, raw.st_mtim] }
    /// Whether the file surely has no holes.
    var isDense: Bool { allocated >= Int64(size) }
    /// Kind and permissions, as mknod(2) takes them.
    var mode: mode_t { raw.st_mode }
    /// The device that a special file stands for.
    var representedDevice: dev_t { raw.st_rdev }

    /// Whether the file may have other names.
    ///
    /// The links of a directory are its subdirectories.
    var hasSeveralNames: Bool { raw.st_nlink > 1 && kind != .directory }

    var kind: Kind {
        switch raw.st_mode & S_IFMT {
        case S_IFDIR: .directory
        case S_IFREG: .regular
        case S_IFLNK: .link
        case S_IFSOCK: .socket
        default: .special
        }
    }
}
