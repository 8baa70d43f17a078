// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A change of a mount's attributes in the kernel's terms (`mount_setattr(2)`).
package struct MountChange: Hashable, Sendable {
    /// The attributes to set.
    package var set: UInt64 = 0
    /// The attributes to take away.
    package var clear: UInt64 = 0
    /// How changes below spread; 0 leaves it.
    package var propagation: UInt64 = 0
    /// Whether what is mounted below is changed too.
    package var isRecursive = false

    /// Whether anything changes.
    var isEmpty: Bool {
        self.set == 0 && clear == 0 && propagation == 0
    }

    /// The change as the kernel takes it: a new way to keep access times replaces the old one.
    var normalized: MountChange {
        var change = self
        let times = MountAttributes.accessTimes
        if change.set & times != 0 || change.clear & times != 0 { change.clear |= times }
        change.clear &= ~(change.set & ~times)
        return change
    }

    package init(set: UInt64 = 0, clear: UInt64 = 0, propagation: UInt64 = 0, isRecursive: Bool = false) {
        self.set = set
        self.clear = clear
        self.propagation = propagation
        self.isRecursive = isRecursive
    }
}
