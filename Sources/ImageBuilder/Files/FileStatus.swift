// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc

/// What is known of a file without reading it.
struct FileStatus: Sendable, Hashable {
    /// A point in time as files have it.
    struct Time: Sendable, Hashable {
        var seconds: Int
        var nanoseconds: Int
    }

    /// The identity of a file on this machine.
    struct Identity: Sendable, Hashable {
        var device: UInt64
        var inode: UInt64
    }

    var mode: mode_t
    var user: uid_t
    var group: gid_t
    var size: Int64
    var device: dev_t
    var links: UInt64
    var modified: Time
    var identity: Identity

    init(_ status: stat) {
        mode = status.st_mode
        user = status.st_uid
        group = status.st_gid
        size = Int64(status.st_size)
        device = status.st_rdev
        links = UInt64(status.st_nlink)
        modified = Time(
            seconds: nestbox_time_seconds(status.st_mtim),
            nanoseconds: nestbox_time_nanoseconds(status.st_mtim)
        )
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    var type: mode_t { mode & S_IFMT }
    var permissions: mode_t { mode & 0o7777 }
    var isDirectory: Bool { type == S_IFDIR }
    var isFile: Bool { type == S_IFREG }
    var isLink: Bool { type == S_IFLNK }
    /// Whether it stands for a file's absence in the upper directory of an overlay.
    var isWhiteout: Bool { type == S_IFCHR && device == 0 }
}
