// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// The list of options after `o=`, as mount(8) takes it, parted into flags for mount(2) and text for the filesystem.
struct MountFlags: Hashable {
    /// `MS_…` of linux/mount.h.
    var flags: UInt = 0
    /// What is left, for the filesystem itself.
    var data: [String] = []

    var isBind: Bool { flags & Self.bind != 0 }
    /// The flags that a bind mount takes in a second call only.
    var afterBind: UInt { flags & ~(Self.bind | Self.recursive) }

    static let readOnly: UInt = 1
    static let remount: UInt = 32
    static let bind: UInt = 4096
    static let recursive: UInt = 16384

    /// Reads `ro,nosuid,size=1m`.
    ///
    /// - Throws: ``VolumeError`` with `invalidOption` for options that change an existing mount.
    init(_ text: String) throws(VolumeError) {
        for word in text.split(separator: ",").map(String.init) {
            if let flag = Self.set[word] {
                flags |= flag
            } else if let flag = Self.cleared[word] {
                flags &= ~flag
            } else if Self.refused.contains(word) {
                throw VolumeError(.invalidOption, "the mount option '\(word)' is not for a new mount")
            } else {
                data.append(word)
            }
        }
    }

    private static let set: [String: UInt] = [
        "ro": readOnly, "nosuid": 2, "nodev": 4, "noexec": 8, "sync": 16, "dirsync": 128, "nosymfollow": 256,
        "noatime": 1024, "nodiratime": 2048, "bind": bind, "rbind": bind | recursive, "silent": 32768,
        "relatime": 1 << 21, "strictatime": 1 << 24, "lazytime": 1 << 25,
    ]
    private static let cleared: [String: UInt] = [
        "rw": readOnly, "suid": 2, "dev": 4, "exec": 8, "async": 16, "symfollow": 256, "atime": 1024,
        "diratime": 2048, "loud": 32768, "norelatime": 1 << 21, "nostrictatime": 1 << 24, "nolazytime": 1 << 25,
        "defaults": 0,
    ]
    private static let refused: Set<String> = [
        "remount", "move", "shared", "rshared", "private", "rprivate", "slave", "rslave", "unbindable",
        "runbindable", "loop",
    ]
}
