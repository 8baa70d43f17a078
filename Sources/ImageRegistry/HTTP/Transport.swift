// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import AsyncHTTPClient
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1

/// Sends requests to registries: answers their challenges, follows their redirects, and reads their errors.
struct Transport: Sendable {
    private static let redirectLimit = 8

    let exchange: HTTPExchange
    let tokens: TokenSource
    let cache = AuthorizationCache()

    init(configuration: RegistryConfiguration) {
        exchange = HTTPExchange(configuration: configuration)
        tokens = TokenSource(exchange: exchange, credentials: configuration.credentials)
    }

    /// Sends a request.
    ///
    /// - Throws: ``RegistryError`` unless the answer has one of the `accepted` statuses.
    func send(_ request: RegistryRequest, accepting accepted: Set<Int>) async throws -> HTTPClientResponse {
        let scope = request.scopes.joined(separator: " ")
        var response = try await follow(request, authorization: cache.value(for: request.registry, scope: scope))
        if response.status == .unauthorized {
            cache.forget(request.registry, scope: scope)
            let challenges = response.headers["WWW-Authenticate"].flatMap(Challenge.parse)
            try await Self.discard(response)
            let (value, lifetime) = try await tokens.authorization(
                for: challenges,
                registry: request.registry,
                scopes: request.scopes
            )
            cache.keep(value, for: request.registry, scope: scope, lifetime: lifetime)
            response = try await follow(request, authorization: value)
        }
        guard accepted.contains(Int(response.status.code)) else {
            throw try await failure(response, request)
        }
        return response
    }

    /// Reads and drops what is left of an answer, so that its connection can be used again.
    static func discard(_ response: HTTPClientResponse) async throws {
        for try await _ in response.body {}
    }
}

extension Transport {
    /// Sends the request to its host, and on to where that points.
    private func follow(_ request: RegistryRequest, authorization: String?) async throws -> HTTPClientResponse {
        var url = request.url
        for _ in 0..<Self.redirectLimit {
            var message = HTTPClientRequest(url: url.description)
            message.method = request.method
            message.headers = request.headers
            message.body = request.body.map(Self.body)
            // Credentials are for the registry alone; a redirect to another host goes without.
            if let authorization, url.authority == request.url.authority, url.scheme == request.url.scheme {
                message.headers.replaceOrAdd(name: "Authorization", value: authorization)
            }
            let response = try await exchange.execute(message, for: url)
            guard [301, 302, 303, 307, 308].contains(response.status.code),
                request.method == .GET || request.method == .HEAD
            else { return response }
            let location = response.headers.first(name: "Location")
            try await Self.discard(response)
            url = try next(from: url, location, request)
        }
        throw RegistryError(code: .badRedirect, message: "too many redirects", request: request.summary)
    }

    private func next(from url: RegistryURL, _ location: String?, _ request: RegistryRequest) throws -> RegistryURL {
        guard let location, let target = url.resolving(location) else {
            throw RegistryError(code: .badRedirect, message: "a redirect leads nowhere", request: request.summary)
        }
        guard target.scheme == "https" || url.scheme == "http" else {
            throw RegistryError(
                code: .badRedirect,
                message: "a redirect to \(target.authority) would leave the encryption",
                request: request.summary
            )
        }
        return target
    }

    private static func body(_ body: RegistryRequest.Body) -> HTTPClientRequest.Body {
        switch body {
        case .bytes(let bytes): .bytes(ByteBuffer(bytes: bytes))
        case .file(let path, let offset, let length, let report):
            .stream(FileChunks(path: path, offset: offset, length: length, report: report), length: .known(length))
        }
    }
}

extension Transport {
    /// The list of errors that registries send.
    ///
    /// Source: distribution specification, "Error Codes".
    private struct ErrorList: Decodable {
        struct Item: Decodable {
            var code: String?
            var message: String?
        }

        var errors: [Item]
    }

    /// The error that an answer stands for.
    private func failure(_ response: HTTPClientResponse, _ request: RegistryRequest) async throws -> RegistryError {
        let body = try? await response.body.collect(upTo: 64 << 10)
        let list = body.flatMap { try? JSONDecoder().decode(ErrorList.self, from: Data($0.readableBytesView)) }
        let said = list?.errors.first
        let status = Int(response.status.code)
        return RegistryError(
            code: Self.code(for: status),
            message: said?.message.map { "\(request.registry): \($0)" }
                ?? "\(request.registry) answered '\(response.status.reasonPhrase)'",
            request: request.summary,
            status: status,
            reason: said?.code
        ).asking(toWait: response.headers.first(name: "Retry-After").flatMap { Int($0) })
    }

    private static func code(for status: Int) -> RegistryError.Code {
        switch status {
        case 401: .unauthorized
        case 403: .denied
        case 404: .notFound
        case 429: .tooManyRequests
        case 500...: .serverError
        case 400..<500: .rejected
        default: .invalidResponse
        }
    }
}
