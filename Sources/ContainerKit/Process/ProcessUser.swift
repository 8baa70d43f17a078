// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Who a process runs as.
public struct ProcessUser: Hashable, Sendable {
    /// How the user is given.
    package enum Form: Hashable, Sendable {
        case numbers(user: UInt32, group: UInt32)
        case name(String)
    }

    package var form: Form

    /// Further groups, besides those that the container's `/etc/group` lists for a named user.
    public var supplementaryGroups: [UInt32]

    /// Root.
    public static let root = ProcessUser.numbers(user: 0, group: 0)

    /// A user and a group by number; neither needs to be in the container's files.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - group: The primary group.
    ///   - supplementaryGroups: Further groups.
    /// - Returns: The user.
    public static func numbers(user: UInt32, group: UInt32, supplementaryGroups: [UInt32] = []) -> ProcessUser {
        ProcessUser(form: .numbers(user: user, group: group), supplementaryGroups: supplementaryGroups)
    }

    /// A user as Docker's `USER` and `-u` write it, looked up in the container's `/etc/passwd` and `/etc/group`.
    ///
    /// - Parameter text: `user`, `user:group`, or numbers in either place.
    /// - Returns: The user, to be looked up.
    public static func named(_ text: String) -> ProcessUser {
        ProcessUser(form: .name(text), supplementaryGroups: [])
    }
}
