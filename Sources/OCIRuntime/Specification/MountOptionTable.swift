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
        "noatime": MountChange(set: 0x10, clear: 0x60), "atime": MountChange(clear: 0x70),
        "strictatime": MountChange(set: 0x20, clear: 0x50), "nostrictatime": MountChange(clear: 0x70),
        "relatime": MountChange(clear: 0x70), "norelatime": MountChange(set: 0x20, clear: 0x50),
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

    /// Words that every filesystem takes when it is made, and that a bind mount can't change.
    static let ofFilesystem: Set<String> = ["sync", "async", "dirsync", "lazytime", "nolazytime"]

    /// Words that ask for what does not happen here, and why not.
    static let unanswered: [String: String] = [
        "iversion": "has no effect: filesystems decide that themselves",
        "mand": "has no effect: the kernel no longer has mandatory locks",
    ]

    /// Words of `mount(8)` that change nothing for a mount in a namespace of its own.
    static let withoutEffect: Set<String> = [
        "defaults", "nomand", "mand", "loud", "silent", "noiversion", "iversion", "auto", "noauto",
        "user", "nouser", "users", "nofail", "_netdev",
    ]
}
