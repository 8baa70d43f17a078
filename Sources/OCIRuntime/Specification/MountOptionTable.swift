// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import ContainerKit

/// What the words in a mount's options mean (`config.md` of the specification, "Linux mount options").
package enum MountOptionTable {
    /// Words for attributes: what is set and what is taken away.
    static let attributes: [String: MountChange] = [
        "ro": MountChange(set: 0x01), "rw": MountChange(clear: 0x01),
        "nosuid": MountChange(set: 0x02), "suid": MountChange(clear: 0x02),
        "nodev": MountChange(set: 0x04), "dev": MountChange(clear: 0x04),
        "noexec": MountChange(set: 0x08), "exec": MountChange(clear: 0x08),
        "noatime": MountChange(set: 0x10), "atime": MountChange(clear: 0x70),
        "strictatime": MountChange(set: 0x20), "nostrictatime": MountChange(clear: 0x70),
        "relatime": MountChange(clear: 0x70), "norelatime": MountChange(set: 0x20),
        "nodiratime": MountChange(set: 0x80), "diratime": MountChange(clear: 0x80),
        "nosymfollow": MountChange(set: 0x20_0000), "symfollow": MountChange(clear: 0x20_0000),
    ]

    /// Words for how mounts below spread.
    package static let propagation: [String: MountChange] = [
        "private": MountChange(propagation: 1 << 18), "rprivate": MountChange(propagation: 1 << 18, isRecursive: true),
        "slave": MountChange(propagation: 1 << 19), "rslave": MountChange(propagation: 1 << 19, isRecursive: true),
        "shared": MountChange(propagation: 1 << 20), "rshared": MountChange(propagation: 1 << 20, isRecursive: true),
        "unbindable": MountChange(propagation: 1 << 17),
        "runbindable": MountChange(propagation: 1 << 17, isRecursive: true),
    ]

    /// Words of `mount(8)` that change nothing for a mount in a namespace of its own.
    static let withoutEffect: Set<String> = [
        "defaults", "remount", "async", "nomand", "mand", "loud", "silent", "noiversion", "iversion", "auto", "noauto",
        "user", "nouser", "users", "nofail", "_netdev",
    ]
}
