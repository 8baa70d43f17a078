// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// What went wrong with a container: a stable code, a sentence to act on, and the kernel's own reason.
///
/// Errors that stem from a system call carry the ``operation`` that failed, the ``path`` it was about and the ``errno``
/// the kernel gave. Environment values and secrets never appear in an error.
public struct ContainerError: Error, Hashable, Sendable {
    /// The kind of failure; stable across releases.
    public var code: Code

    /// One sentence that says what is wrong, with what, and where possible what to do.
    public var message: String

    /// The operation that failed, such as `mount proc` or `create cgroup`.
    public var operation: String?

    /// The path that the operation was about.
    public var path: FilePath?

    /// The kernel's reason.
    public var errno: Errno?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind of failure.
    ///   - message: One sentence about what is wrong.
    ///   - operation: The operation that failed.
    ///   - path: The path it was about.
    ///   - errno: The kernel's reason.
    public init(
        _ code: Code,
        _ message: String,
        operation: String? = nil,
        path: FilePath? = nil,
        errno: Errno? = nil
    ) {
        self.code = code
        self.message = message
        self.operation = operation
        self.path = path
        self.errno = errno
    }
}

extension ContainerError: CustomStringConvertible {
    /// The message with the operation, path and errno that caused it.
    public var description: String {
        var text = message
        var cause: [String] = []
        if let operation { cause.append("operation: \(operation)") }
        if let path { cause.append("path: \(path)") }
        if let errno { cause.append("\(errno.name) (\(errno.rawValue)): \(errno)") }
        if !cause.isEmpty { text += " [" + cause.joined(separator: ", ") + "]" }
        return text
    }
}
