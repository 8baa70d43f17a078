// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import SystemPackage

/// A user namespace that nothing but its descriptor keeps: what mounts are mapped by.
final class UserNamespaceHandle: Sendable {
    let descriptor: Descriptor
    private let map: UserNamespace

    init(_ descriptor: consuming Descriptor, of map: UserNamespace) {
        self.descriptor = descriptor
        self.map = map
    }

    /// Runs a closure as the namespace's root where files are concerned: this thread alone, and only until it returns.
    func asRoot<Value: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Value
    ) throws -> Value {
        guard let user = map.users.first(where: { $0.inside == 0 })?.outside,
            let group = map.groups.first(where: { $0.inside == 0 })?.outside
        else { throw Errno.invalidArgument }
        var before = nestbox_file_identity()
        let result = nestbox_take_file_identity(user, group, &before)
        guard result == 0 else { throw Errno(rawValue: -result) }
        defer { nestbox_leave_file_identity(&before) }
        return try body()
    }
}
