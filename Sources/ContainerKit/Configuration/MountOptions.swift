// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a mount forbids, and how changes of it spread (`mount_setattr(2)`).
public struct MountOptions: OptionSet, Hashable, Sendable {
    /// The mask; no kernel's.
    public let rawValue: UInt32

    /// Creates options from their mask.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Nothing can be written (`ro`).
    public static let readOnly = MountOptions(rawValue: 1 << 0)
    /// Set-user-ID bits and file capabilities have no effect (`nosuid`).
    public static let noSetUserID = MountOptions(rawValue: 1 << 1)
    /// Nothing can be executed (`noexec`).
    public static let noExecution = MountOptions(rawValue: 1 << 2)
    /// Access times are not kept (`noatime`).
    public static let noAccessTime = MountOptions(rawValue: 1 << 3)
    /// Device nodes on the mount can be opened (`dev`).
    ///
    /// Without it they can't.
    public static let allowsDevices = MountOptions(rawValue: 1 << 4)
    /// Mounts below it spread both ways between host and container (`rshared`).
    public static let shared = MountOptions(rawValue: 1 << 5)
    /// Mounts made on the host later appear in the container (`rslave`).
    public static let slave = MountOptions(rawValue: 1 << 6)
    /// The target may be a link within the root filesystem, whose destination is mounted over.
    public static let followsLink = MountOptions(rawValue: 1 << 7)

    /// What the root filesystem has at the target is copied into the new filesystem (`tmpcopyup`); for memory only.
    public static let copiesUp = MountOptions(rawValue: 1 << 8)

    /// No set-user-ID programs, no execution and no devices: what Docker sets on kernel filesystems.
    public static let confined: MountOptions = [.noSetUserID, .noExecution]
}
