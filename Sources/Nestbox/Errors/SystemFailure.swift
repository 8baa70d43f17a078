// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import Glibc
public import SystemPackage

/// A system call that failed: the ``NestboxError/cause`` where no module below gave one.
public struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call, such as `rename`.
    public var operation: String
    /// The path it was about.
    public var path: FilePath?
    /// The kernel's reason.
    public var errno: Errno

    init(_ operation: String, _ path: FilePath?, _ errno: Errno) {
        self.operation = operation
        self.path = path
        self.errno = errno
    }

    /// The failure of the call that was made last on this thread.
    static func last(_ operation: String, _ path: FilePath? = nil) -> SystemFailure {
        SystemFailure(operation, path, Errno(rawValue: Glibc.errno))
    }

    /// For example `rename '/var/lib/nestbox/x' failed with ENOSPC: No space left on device`.
    public var description: String {
        let place = path.map { " '\($0)'" } ?? ""
        return "\(operation)\(place) failed with \(errno.name): \(errno)"
    }
}
