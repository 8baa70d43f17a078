// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The kernel's numbers for mount attributes and propagation (`linux/mount.h`).
enum MountAttributes {
    static let readOnly: UInt64 = 0x01
    static let noSetUserID: UInt64 = 0x02
    static let noDevices: UInt64 = 0x04
    static let noExecution: UInt64 = 0x08
    static let noAccessTime: UInt64 = 0x10
    static let strictAccessTime: UInt64 = 0x20
    /// All ways to keep access times; 0 among them is the usual one.
    static let accessTimes: UInt64 = 0x70
    static let noDirectoryAccessTime: UInt64 = 0x80
    static let identityMap: UInt64 = 0x0010_0000
    static let noSymbolicLinks: UInt64 = 0x0020_0000

    static let unbindable: UInt64 = 1 << 17

    static let privatePropagation: UInt64 = 1 << 18
    static let slavePropagation: UInt64 = 1 << 19
    static let sharedPropagation: UInt64 = 1 << 20
}

extension MountOptions {
    /// The attributes to set on a mount.
    ///
    /// Devices are refused unless the options allow them.
    var attributes: UInt64 {
        var bits: UInt64 = contains(.allowsDevices) ? 0 : MountAttributes.noDevices
        if contains(.readOnly) { bits |= MountAttributes.readOnly }
        if contains(.noSetUserID) { bits |= MountAttributes.noSetUserID }
        if contains(.noExecution) { bits |= MountAttributes.noExecution }
        if contains(.noAccessTime) { bits |= MountAttributes.noAccessTime }
        return bits
    }

    /// How mounts below spread.
    var propagation: UInt64 {
        if contains(.shared) { return MountAttributes.sharedPropagation }
        return contains(.slave) ? MountAttributes.slavePropagation : MountAttributes.privatePropagation
    }
}
