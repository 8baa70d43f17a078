// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc
internal import SystemPackage

extension Nestbox {
    /// Gives a container that is being made users that no other of this root has; under the root's lock.
    ///
    /// They stay its own until its directory goes, in which a link says so.
    ///
    /// - Returns: The users; `nil` if it has the host's.
    /// - Throws: ``NestboxError`` of code `invalidSpecification` if so many are not left, or ``SystemFailure``.
    func takeUsers(_ mode: UserNamespaceMode?, for directory: ContainerDirectory) throws -> UserRange? {
        guard let count = mode?.count else { return nil }
        let taken = try Directory(layout.containers).names.compactMap { layout.container($0).users }
        guard let range = UserPool.current().free(count, besides: taken) else {
            throw NestboxError(
                .invalidSpecification,
                """
                \(count) users for this container alone are not left on this host; what \
                /etc/subuid and /etc/subgid grant to '\(UserPool.owner)' is what containers have
                """
            )
        }
        guard symlink(range.text, directory.usersLink.string) == 0 else {
            throw SystemFailure.last("symlink", directory.usersLink)
        }
        return range
    }
}

extension ContainerDirectory {
    /// The users that belong to the container.
    fileprivate var users: UserRange? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(usersLink.string, start, buffer.count)
            guard count > 0 else { return nil }
            return UserRange(String(decoding: UnsafeRawBufferPointer(buffer)[..<count], as: UTF8.self))
        }
    }
}
