// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import SystemPackage

extension Descriptor {
    /// Sets attributes of the mount that this descriptor names (`mount_setattr(2)`).
    borrowing func setAttributes(recursive: Bool, set: UInt64, propagation: UInt64 = 0) throws(Errno) {
        let result = nestbox_mount_attributes(rawValue, recursive ? 1 : 0, set, 0, propagation)
        guard result == 0 else { throw Errno(rawValue: -result) }
    }

    /// Changes attributes and propagation of the mount that this descriptor names.
    borrowing func change(_ change: MountChange) throws(Errno) {
        let recursive: CInt = change.isRecursive ? 1 : 0
        let result = nestbox_mount_attributes(rawValue, recursive, change.set, change.clear, change.propagation)
        guard result == 0 else { throw Errno(rawValue: -result) }
    }

    /// Shows the files of the mount that this descriptor names as owned by whom the namespace maps their owners to.
    borrowing func map(by namespace: UserNamespaceHandle, recursive: Bool) throws(Errno) {
        let result = nestbox_map_mount(rawValue, recursive ? 1 : 0, namespace.descriptor.rawValue)
        guard result == 0 else { throw Errno(rawValue: -result) }
    }

    /// Sets an option of the filesystem that this context makes (`fsconfig(2)`).
    borrowing func configure(_ key: String, _ value: String) throws(Errno) {
        let result = nestbox_fsconfig_string(rawValue, key, value)
        guard result == 0 else { throw Errno(rawValue: -result) }
    }

    /// Sets a flag of the filesystem that this context makes.
    borrowing func setFlag(_ key: String) throws(Errno) {
        let result = nestbox_fsconfig_flag(rawValue, key)
        guard result == 0 else { throw Errno(rawValue: -result) }
    }

    /// Makes the filesystem.
    borrowing func create() throws(Errno) {
        let result = nestbox_fsconfig_create(rawValue)
        guard result == 0 else { throw Errno(rawValue: -result) }
    }
}
