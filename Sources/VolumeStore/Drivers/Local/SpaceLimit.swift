// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CVolumeStore
import Glibc
import SystemPackage

/// A limit that the filesystem of the store keeps by itself: a project quota of xfs (xfs_quota(8)), which holds
/// root too as that of ext4 does not, or a quota group of btrfs.
enum SpaceLimit {
    /// Limits what the volume's directory, which is empty, may come to hold.
    ///
    /// - Returns: False if the filesystem can't, or was not told to.
    static func set(_ bytes: Int64, on place: VolumePlace) throws(VolumeError) -> Bool {
        let directory = try Directory.open(place.directory)
        defer { try? directory.close() }
        let raw = directory.rawValue
        if cvolumestore_is_subvolume(raw) {
            if cvolumestore_limit_subvolume(raw, UInt64(bytes)) == 0 { return true }
            // Quotas are off for this filesystem, or not for us to set.
            let isImpossible: Set<Errno> = [
                .socketNotConnected, .invalidArgument, .notPermitted, .noSuchFileOrDirectory,
            ]
            guard isImpossible.contains(.last) else { throw .system("btrfs qgroup limit", place.directory) }
            return false
        }
        guard cvolumestore_enforces_projects(raw) else { return false }
        let project = cvolumestore_get_project(raw)
        let number = isOurs(project) ? project : try freeProject(place.id, raw, place.directory)
        guard cvolumestore_limit_project(raw, number, UInt64(bytes)) == 0 else {
            throw .system("quotactl Q_SETQUOTA", place.directory)
        }
        guard cvolumestore_set_project(raw, number) == 0 else {
            throw .system("ioctl FS_IOC_FSSETXATTR", place.directory)
        }
        return true
    }

    /// Takes the limit away, so that the next project of this number has none.
    static func remove(from place: VolumePlace) throws(VolumeError) {
        let directory = try Directory.open(place.directory)
        defer { try? directory.close() }
        let project = cvolumestore_get_project(directory.rawValue)
        guard isOurs(project), !cvolumestore_is_btrfs(directory.rawValue) else { return }
        guard cvolumestore_limit_project(directory.rawValue, project, 0) == 0 || Errno.last == .noSuchProcess else {
            throw .system("quotactl Q_SETQUOTA", place.directory)
        }
    }

    /// What the volume takes: as the quota has it, else counted.
    static func usage(of place: VolumePlace, limit: Int64) throws(VolumeError) -> VolumeUsage {
        let directory = try Directory.open(place.directory)
        defer { try? directory.close() }
        let project = cvolumestore_get_project(directory.rawValue)
        var quota = cvolumestore_quota()
        if isOurs(project), cvolumestore_get_project_quota(directory.rawValue, project, &quota) == 0 {
            return VolumeUsage(bytes: Int64(quota.bytes), inodes: Int64(quota.inodes), limit: limit)
        }
        let tree = try TreeUsage.measure(place.directory)
        return VolumeUsage(bytes: tree.bytes, inodes: tree.inodes, limit: limit)
    }

    /// A project that nobody has: in the upper half of the numbers, where people don't count.
    private static func freeProject(_ id: VolumeID, _ file: CInt, _ path: FilePath) throws(VolumeError) -> UInt32 {
        for attempt: UInt32 in 0..<64 {
            let number = (id.low &+ attempt) & 0x3fff_ffff | 0x4000_0000
            var quota = cvolumestore_quota()
            let known = cvolumestore_get_project_quota(file, number, &quota)
            if known != 0 || (quota.limit == 0 && quota.inodes == 0) { return number }
        }
        throw VolumeError(.busy, "no project number was free for the quota of a volume in '\(path)'")
    }

    private static func isOurs(_ project: UInt32) -> Bool {
        project & 0xc000_0000 == 0x4000_0000
    }
}
