// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import AsyncHTTPClient
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1

/// Answers a registry's challenge: with the user's name and password, or with a token from its token server.
///
/// Source: the distribution project's "Token Authentication Specification" and "OAuth2 Token Authentication".
struct TokenSource: Sendable {
    private struct Answer: Decodable {
        var token: String?
        var access_token: String?
        var expires_in: Double?
    }

    let exchange: HTTPExchange
    let credentials: any CredentialSource

    /// The value for the `Authorization` header, and how long it is good for.
    ///
    /// - Throws: ``RegistryError`` with code `unauthorized`, `credentials` or `invalidResponse`.
    func authorization(
        for challenges: [Challenge],
        registry: String,
        scopes: [String]
    ) async throws -> (value: String, lifetime: Duration) {
        let known = try await credentials.credentials(for: registry)
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }) {
            return try await token(bearer, known, registry: registry, scopes: scopes)
        }
        guard challenges.contains(where: { $0.scheme == "basic" }), let known else {
            throw RegistryError(code: .unauthorized, message: "\(registry) wants a login")
        }
        return (Self.basic(known), .seconds(3_600))
    }

    static func basic(_ credentials: Credentials) -> String {
        "Basic " + Data("\(credentials.user):\(credentials.password)".utf8).base64EncodedString()
    }

    private func token(
        _ challenge: Challenge,
        _ credentials: Credentials?,
        registry: String,
        scopes: [String]
    ) async throws -> (value: String, lifetime: Duration) {
        guard let text = challenge.parameters["realm"], let realm = RegistryURL(text) else {
            throw RegistryError(code: .invalidResponse, message: "\(registry) names no usable token server")
        }
        // A password must not go over a plain connection because the answer of an encrypted one said so.
        guard realm.scheme == "https" || exchange.mayBePlain(realm.authority) else {
            throw RegistryError(
                code: .untrusted,
                message: "\(registry) names a token server that is not encrypted: \(realm.authority)"
            )
        }
        let service = challenge.parameters["service"]
        let request =
            if let identity = credentials?.identityToken {
                Self.refresh(realm, identity, service: service, scopes: scopes)
            } else {
                Self.ask(realm, credentials, service: service, scopes: scopes)
            }
        let response = try await exchange.execute(request, for: realm)
        let body = try await response.body.collect(upTo: 1 << 20)
        guard response.status == .ok else {
            throw RegistryError(
                code: .unauthorized,
                message: credentials == nil ? "\(registry) wants a login" : "\(registry) does not accept the login",
                request: "\(request.method) \(realm.authority)\(realm.path)",
                status: Int(response.status.code)
            )
        }
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView))
        guard let token = answer?.token ?? answer?.access_token, !token.isEmpty else {
            throw RegistryError(code: .invalidResponse, message: "the token server of \(registry) gave no token")
        }
        return ("Bearer \(token)", .seconds(answer?.expires_in ?? 60))
    }

    private static func ask(
        _ realm: RegistryURL,
        _ credentials: Credentials?,
        service: String?,
        scopes: [String]
    ) -> HTTPClientRequest {
        var url = realm
        if let service { url = url.adding("service", service) }
        for scope in scopes { url = url.adding("scope", scope) }
        var request = HTTPClientRequest(url: url.description)
        if let credentials { request.headers.add(name: "Authorization", value: basic(credentials)) }
        return request
    }

    private static func refresh(
        _ realm: RegistryURL,
        _ identity: String,
        service: String?,
        scopes: [String]
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: realm.description)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let form = [
            ("grant_type", "refresh_token"), ("refresh_token", identity), ("client_id", "nestbox"),
            ("service", service ?? ""), ("scope", scopes.joined(separator: " ")),
        ]
        let text = form.map { "\($0)=\(RegistryURL.encode($1))" }.joined(separator: "&")
        request.body = .bytes(ByteBuffer(string: text))
        return request
    }
}
