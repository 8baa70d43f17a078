// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CVolumeStore
import Glibc
public import SystemPackage

/// Which owners of files on the disk appear as which others through a mount (user_namespaces(7), mount_setattr(2)).
///
/// A container in a user namespace whose root is the host's user 100,000 finds its files in a volume as its own when the
/// disk's 0 appears as 100,000; what it writes as its root is 0 on the disk again. So one volume serves containers with
/// different mappings, and its files never need another owner.
public struct IDMapping: Sendable, Hashable {
    /// A run of identifiers.
    public struct Range: Sendable, Hashable {
        /// The first, as it is on the disk.
        public var disk: UInt32
        /// What that appears as, in the host's view.
        public var host: UInt32
        /// How many.
        public var count: UInt32

        /// Makes a run.
        public init(disk: UInt32, host: UInt32, count: UInt32) {
            self.disk = disk
            self.host = host
            self.count = count
        }
    }

    /// Users.
    public var users: [Range]
    /// Groups.
    public var groups: [Range]

    /// Makes a mapping; the groups' is that of the users unless there is one.
    public init(users: [Range], groups: [Range]? = nil) {
        self.users = users
        self.groups = groups ?? users
    }
}

extension IDMapping {
    /// The most lines that the kernel takes.
    private static let mostRanges = 340

    /// Makes a user namespace of this mapping, which nobody is in.
    ///
    /// - Returns: Its descriptor, which the caller closes.
    /// - Throws: ``VolumeError`` with `invalidOption` for runs that are empty, too many or overlap; `notWritable` for a
    ///   caller who may not map these identifiers.
    public func makeUserNamespace() throws(VolumeError) -> FileDescriptor {
        let (userMap, groupMap) = (try Self.text(users), try Self.text(groups))
        let descriptor = cvolumestore_user_namespace(userMap, groupMap)
        guard descriptor >= 0 else { throw .system("clone CLONE_NEWUSER", "/proc/self/ns/user") }
        return FileDescriptor(rawValue: descriptor)
    }

    /// The lines of `uid_map` and `gid_map`.
    private static func text(_ ranges: [Range]) throws(VolumeError) -> String {
        guard !ranges.isEmpty, ranges.count <= mostRanges else {
            throw VolumeError(.invalidOption, "a mapping of owners has from 1 to \(mostRanges) runs")
        }
        for key in [\Range.disk, \Range.host] {
            var end: UInt64 = 0
            for range in ranges.sorted(by: { $0[keyPath: key] < $1[keyPath: key] }) {
                let start = UInt64(range[keyPath: key])
                guard range.count > 0, start >= end, start + UInt64(range.count) <= 1 << 32 else {
                    throw VolumeError(
                        .invalidOption,
                        "the runs of a mapping of owners are empty, overlap or are too long"
                    )
                }
                end = start + UInt64(range.count)
            }
        }
        return ranges.map { "\($0.disk) \($0.host) \($0.count)\n" }.joined()
    }
}

extension VolumeMount {
    /// Makes a mount of the volume that shows its files with other owners, and that is attached nowhere.
    ///
    /// Attach it with move_mount(2) and `MOVE_MOUNT_F_EMPTY_PATH` where the container shall see it. It is gone when the
    /// descriptor is closed, or with the mount namespace that it was attached in.
    ///
    /// - Parameter mapping: The owners.
    /// - Returns: The mount, which the caller closes; read-only if the lease is.
    /// - Throws: ``VolumeError`` with `unsupported` if the volume's filesystem can't (ext4, xfs, btrfs and, since Linux 6.3,
    ///   tmpfs can), and what ``IDMapping/makeUserNamespace()`` throws.
    public func openMapped(_ mapping: IDMapping) throws(VolumeError) -> FileDescriptor {
        let namespace = try mapping.makeUserNamespace()
        defer { try? namespace.close() }
        return try openMapped(userNamespace: namespace)
    }

    /// As ``openMapped(_:)``, with the maps of a user namespace that exists, such as the container's own.
    public func openMapped(userNamespace: FileDescriptor) throws(VolumeError) -> FileDescriptor {
        let directory = try Directory.open(source)
        defer { try? directory.close() }
        let mount = cvolumestore_idmapped_tree(directory.rawValue, userNamespace.rawValue, isReadOnly)
        guard mount >= 0 else {
            let errno = Errno.last
            guard errno == .invalidArgument || errno == .notSupported else {
                throw .system("mount_setattr", source, errno: errno)
            }
            throw VolumeError(
                .unsupported,
                "the filesystem of volume '\(volume.name)' can't show its files with other owners",
                cause: .init(operation: "mount_setattr", path: source, errno: errno)
            )
        }
        return FileDescriptor(rawValue: mount)
    }
}
