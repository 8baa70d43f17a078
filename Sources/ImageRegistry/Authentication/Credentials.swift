// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What proves to a registry who is asking.
public struct Credentials: Sendable, Hashable {
    /// The user's name.
    public var user: String

    /// The password, or an access token used as one.
    public var password: String

    /// A refresh token that stands for user and password, where a registry gave one at login.
    public var identityToken: String?

    /// Makes credentials.
    public init(user: String, password: String, identityToken: String? = nil) {
        self.user = user
        self.password = password
        self.identityToken = identityToken
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible {
    /// The user's name; never the secret, so that it can't end up in a log.
    public var description: String { "Credentials(user: \(user))" }

    /// The same as ``description``.
    public var debugDescription: String { description }
}

/// Knows credentials for registries.
public protocol CredentialSource: Sendable {
    /// The credentials for a registry, such as `docker.io` or `localhost:5000`; `nil` to stay anonymous.
    func credentials(for registry: String) async throws -> Credentials?
}

/// The same credentials for every registry, or none.
public struct FixedCredentials: CredentialSource {
    private let credentials: Credentials?

    /// Makes a source; without credentials, everything is anonymous.
    public init(_ credentials: Credentials? = nil) {
        self.credentials = credentials
    }

    /// The fixed credentials.
    public func credentials(for registry: String) -> Credentials? { credentials }
}
