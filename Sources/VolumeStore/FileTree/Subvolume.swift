// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CVolumeStore
import Glibc
import SystemPackage

/// Subvolumes of btrfs: directories that are copied and removed in one step, whatever is in them.
enum Subvolume {
    /// Makes a subvolume, if the filesystem has such.
    ///
    /// - Returns: False where it has none, or where it is not for us.
    static func create(_ path: FilePath, mode: mode_t) throws(VolumeError) -> Bool {
        try inParent(of: path) { parent, name throws(VolumeError) in
            guard cvolumestore_is_btrfs(parent) else { return false }
            try FaultPoint.pass("mkdir", path)
            guard cvolumestore_create_subvolume(parent, name.bytes) == 0 else {
                guard Errno.last == .notPermitted || Errno.last == .permissionDenied else {
                    throw .system("btrfs subvolume create", path)
                }
                return false
            }
            guard fchmodat(parent, name.bytes, mode, 0) == 0 else { throw .system("chmod", path) }
            return true
        }
    }

    /// Makes a subvolume that shares all content of another, as it is now.
    static func copy(_ source: FilePath, to path: FilePath) throws(VolumeError) {
        try FaultPoint.pass("snapshot", path)
        let origin = try Directory.open(source)
        defer { try? origin.close() }
        try inParent(of: path) { parent, name throws(VolumeError) in
            guard cvolumestore_snapshot_subvolume(origin.rawValue, parent, name.bytes) == 0 else {
                throw .system("btrfs subvolume snapshot", path)
            }
        }
    }

    /// Whether the directory is the top of a subvolume.
    static func isTop(_ path: FilePath) -> Bool {
        // The top of every subvolume has this inode, which few other directories have; so one call answers nearly always.
        let firstFreeObject: ino_t = 256
        guard FileStatus(path)?.inode.number == firstFreeObject, let directory = try? Directory.open(path) else {
            return false
        }
        defer { try? directory.close() }
        return cvolumestore_is_subvolume(directory.rawValue)
    }

    /// Removes a subvolume with all that is in it.
    ///
    /// - Returns: False if that can't be done in one step.
    static func remove(_ name: EntryName, in parent: CInt) -> Bool {
        cvolumestore_destroy_subvolume(parent, name.bytes) == 0
    }

    private static func inParent<Value>(
        of path: FilePath,
        _ body: (CInt, EntryName) throws(VolumeError) -> Value
    ) throws(VolumeError) -> Value {
        let parent = try Directory.open(path.removingLastComponent())
        defer { try? parent.close() }
        return try body(parent.rawValue, EntryName(path.lastComponent?.string ?? ""))
    }
}
