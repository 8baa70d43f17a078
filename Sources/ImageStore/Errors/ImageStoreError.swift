// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What went wrong in the image store.
///
/// `code` is stable and meant for programs, `message` for people. `operation`, `path` and `reason` say where a failing
/// system call happened and which error it gave.
public struct ImageStoreError: Error, Sendable, Hashable {
    /// The kind of failure.
    public var code: Code

    /// One sentence that says what was refused or failed, and why.
    public var message: String

    /// The system call or library function that failed, such as `openat2`.
    public var operation: String?

    /// The path the operation was about: in the store, or inside the archive being read.
    public var path: String?

    /// The symbolic name of the system error, such as `ENOSPC`.
    public var reason: String?

    /// Makes an error.
    public init(
        code: Code,
        message: String,
        operation: String? = nil,
        path: String? = nil,
        reason: String? = nil
    ) {
        self.code = code
        self.message = message
        self.operation = operation
        self.path = path
        self.reason = reason
    }
}

extension ImageStoreError {
    /// The store has no image of this name or identifier.
    static func missing(_ name: String) -> ImageStoreError {
        ImageStoreError(code: .imageNotFound, message: "no such image: \(name)", path: name)
    }
}

extension ImageStoreError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        var text = message
        if let operation, let reason {
            text += " ('\(operation)' failed with \(reason))"
        }
        if let path, !message.contains(path) {
            text += " [\(path)]"
        }
        return text
    }
}
