// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Why the engine could not do what it was asked to.
///
/// Errors of the modules below are kept as the ``cause``; their sentence is part of the ``description``.
public struct NestboxError: Error, Sendable {
    /// The kind of failure; stable across releases.
    public var code: Code

    /// One sentence that says what is wrong, with what, and where possible what to do.
    public var message: String

    /// What a module or the system gave as the reason.
    public var cause: (any Error)?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind of failure.
    ///   - message: One sentence about what is wrong.
    ///   - cause: What gave the reason.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension NestboxError: CustomStringConvertible {
    /// The message, and the reason behind it.
    public var description: String {
        guard let cause else { return message }
        return "\(message): \(cause)"
    }
}
