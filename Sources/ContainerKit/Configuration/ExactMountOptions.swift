// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A mount's options one by one, as the OCI runtime specification lists them; they take the place of ``MountOptions``.
package struct ExactMountOptions: Hashable, Sendable {
    /// What changes of the mount itself.
    package var own = MountChange()
    /// What changes of it and of what is mounted below (`rro` and its like).
    package var below = MountChange(isRecursive: true)
    /// How changes spread, in the order given.
    package var propagation: [MountChange] = []

    package init() {}

    /// The changes to make, in order.
    var changes: [MountChange] {
        ([below.normalized, own.normalized] + propagation).filter { !$0.isEmpty }
    }
}
