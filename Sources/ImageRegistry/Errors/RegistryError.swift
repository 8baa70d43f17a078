// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What went wrong between this program and a registry.
///
/// Messages never hold credentials or tokens.
public struct RegistryError: Error, Sendable, Hashable {
    /// The kind of failure.
    public var code: Code

    /// One sentence that says what failed, and why.
    public var message: String

    /// The request that failed, as `METHOD host/path`, without its query.
    public var request: String?

    /// The HTTP status the registry answered with.
    public var status: Int?

    /// The registry's own name for the failure, such as `MANIFEST_UNKNOWN`.
    public var reason: String?

    /// How long the registry asked to wait before the next attempt.
    public var retryAfter: Duration?

    /// Makes an error.
    public init(
        code: Code,
        message: String,
        request: String? = nil,
        status: Int? = nil,
        reason: String? = nil
    ) {
        self.code = code
        self.message = message
        self.request = request
        self.status = status
        self.reason = reason
    }
}

extension RegistryError {
    /// The same error with the wait that a `Retry-After` header asks for.
    func asking(toWait seconds: Int?) -> RegistryError {
        var copy = self
        copy.retryAfter = seconds.map { .seconds($0) }
        return copy
    }

    /// Whether the same request may succeed later.
    var isTransient: Bool {
        [.unreachable, .tooManyRequests, .serverError].contains(code) && status != 501
    }
}

extension RegistryError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        var text = message
        if let request {
            text += " ('\(request)'"
            if let status { text += " answered \(status)" }
            if let reason { text += " \(reason)" }
            text += ")"
        }
        return text
    }
}
