// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import SystemPackage

/// The one error of this module: what went wrong, in words for a person, and what caused it.
///
/// Match on ``code``; print the error itself. `description` is one sentence, without a period, and never holds a
/// volume's content.
public struct VolumeError: Error, Sendable, Hashable {
    /// What kind of failure this is, stable across versions.
    public var code: Code

    /// What happened and, where it helps, what to do about it.
    public var message: String

    /// The operation that failed underneath, if there was one.
    public var cause: Cause?

    /// Makes an error.
    public init(_ code: Code, _ message: String, cause: Cause? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension VolumeError {
    /// The system call or SQLite operation under a ``VolumeError``.
    public struct Cause: Sendable, Hashable {
        /// The name of the call, such as `rename` or `sqlite`.
        public var operation: String

        /// The path it was given, if any.
        public var path: FilePath?

        /// What the kernel answered, if it was a system call.
        public var errno: Errno?

        /// What the library underneath says, where there is no `errno`.
        public var detail: String?

        /// Makes a cause.
        public init(operation: String, path: FilePath? = nil, errno: Errno? = nil, detail: String? = nil) {
            self.operation = operation
            self.path = path
            self.errno = errno
            self.detail = detail
        }
    }
}

extension VolumeError: CustomStringConvertible {
    /// The message, followed by the cause in brackets.
    public var description: String {
        guard let cause else { return message }
        return "\(message) (\(cause))"
    }
}

extension VolumeError.Cause: CustomStringConvertible {
    /// For example `rename '/srv/volumes/1' failed with ENOSPC: No space left on device`.
    public var description: String {
        var text = operation
        if let path { text += " '\(path)'" }
        text += " failed"
        if let errno { text += " with \(errno.symbol): \(errno)" }
        if let detail { text += ": \(detail)" }
        return text
    }
}
