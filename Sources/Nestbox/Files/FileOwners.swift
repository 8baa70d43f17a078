// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import Glibc
internal import SystemPackage

/// Who owns what in a tree of files, where a container with users of its own sees it differently from the host.
struct FileOwners: Sendable {
    /// Whom the kernel shows for an owner that a container's users do not include.
    private static let nobody: UInt32 = 65_534

    /// The container's users; `nil` where the host's are meant.
    let users: UserRange?

    /// Whom the container sees for a user and a group that the host sees.
    func inside(user: UInt32, group: UInt32) -> (user: UInt32, group: UInt32) {
        guard let users else { return (user, group) }
        func inside(_ number: UInt32, _ first: UInt32) -> UInt32 {
            number >= first && number - first < users.count ? number - first : Self.nobody
        }
        return (inside(user, users.firstUser), inside(group, users.firstGroup))
    }

    /// Whom the host has to name for a user and a group of the container.
    ///
    /// - Returns: They; `nil` if the container has no such user or group.
    func outside(user: UInt32, group: UInt32) -> (user: UInt32, group: UInt32)? {
        guard let users else { return (user, group) }
        guard user < users.count, group < users.count else { return nil }
        return (users.firstUser + user, users.firstGroup + group)
    }

    /// Runs something as root of the container where files are concerned, so that new ones can be there at all: this
    /// thread alone, and only until it returns.
    func asRoot<Value>(_ body: () throws -> Value) throws -> Value {
        guard let users else { return try body() }
        var before = nestbox_file_identity()
        let result = nestbox_take_file_identity(users.firstUser, users.firstGroup, &before)
        guard result == 0 else { throw SystemFailure("setfsuid", nil, Errno(rawValue: -result)) }
        defer { nestbox_leave_file_identity(&before) }
        return try body()
    }
}
