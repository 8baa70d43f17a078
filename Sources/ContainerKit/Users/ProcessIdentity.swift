// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Who a process runs as, in numbers.
package struct ProcessIdentity: Hashable, Sendable {
    package var user: UInt32
    package var group: UInt32
    package var supplementaryGroups: [UInt32]
    /// The home directory of a user found in the container's files.
    package var home: String?

    package init(user: UInt32, group: UInt32, supplementaryGroups: [UInt32] = [], home: String? = nil) {
        self.user = user
        self.group = group
        self.supplementaryGroups = supplementaryGroups
        self.home = home
    }
}

extension ProcessIdentity {
    /// How the process gets its groups.
    ///
    /// - Parameter areFixed: Whether the kernel refuses to set supplementary groups, so that those of whoever made the
    ///   container stay. In its user namespace they are nobody's.
    /// - Returns: The operation.
    func groupOperation(areFixed: Bool) -> StageOperation {
        areFixed ? .primaryGroup(group) : .groups(primary: group, supplementary: supplementaryGroups)
    }
}
