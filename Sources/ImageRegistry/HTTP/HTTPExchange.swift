// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
import Synchronization
import SystemPackage

/// Sends single requests, each with the client its host needs: with or without a proxy, strict about certificates or
/// not.
///
/// Knows nothing of registries.
final class HTTPExchange: Sendable {
    private struct ClientKey: Hashable {
        var proxyHost: String?
        var proxyPort: Int?
        var verifies: Bool
        var certificates: HostCertificates
    }

    let configuration: RegistryConfiguration
    private let clients = Mutex<[ClientKey: HTTPClient]>([:])
    private let certificates = Mutex<[String: HostCertificates]>([:])

    init(configuration: RegistryConfiguration) {
        self.configuration = configuration
    }

    /// Ends all connections; the value can't be used afterwards.
    func shutdown() async throws {
        let clients = clients.withLock { clients in
            defer { clients = [:] }
            return Array(clients.values)
        }
        for client in clients { try await client.shutdown() }
    }

    /// Whether requests to this host may go without encryption, or to whoever claims to be it.
    func mayBePlain(_ authority: String) -> Bool {
        RegistryURL.isLoopback(authority) || configuration.insecureRegistries.contains(authority)
            || configuration.insecureRegistries.contains(RegistryURL.host(of: authority))
    }

    /// Sends a request and gives the answer's head; its body can be read then.
    ///
    /// - Throws: ``RegistryError`` with code `unreachable` or `untrusted`.
    func execute(_ request: HTTPClientRequest, for url: RegistryURL) async throws -> HTTPClientResponse {
        var request = request
        request.headers.replaceOrAdd(name: "User-Agent", value: configuration.userAgent)
        do {
            let client = try client(for: url)
            return try await client.execute(request, deadline: .distantFuture)
        } catch {
            throw Self.translate(error, "\(request.method) \(url.authority)\(url.path)", url.authority)
        }
    }

    /// The registry error for what a connection threw.
    static func translate(_ error: any Error, _ request: String, _ authority: String) -> any Error {
        switch error {
        case is CancellationError, is RegistryError:
            return error
        case let error as HTTPClientError where error == .cancelled:
            return CancellationError()
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            return RegistryError(
                code: .untrusted,
                message: "\(authority) can't be trusted: \(error)",
                request: request
            )
        default:
            return RegistryError(
                code: .unreachable,
                message: "the connection to \(authority) failed: \(ConnectionFailure.text(error))",
                request: request
            )
        }
    }
}

extension HTTPExchange {
    private func client(for url: RegistryURL) throws -> HTTPClient {
        let proxy = configuration.proxies.proxy(for: url)
        let key = ClientKey(
            proxyHost: proxy?.host,
            proxyPort: proxy?.port,
            verifies: !mayBePlain(url.authority),
            certificates: url.scheme == "https" ? try certificates(for: url.authority) : HostCertificates()
        )
        return try clients.withLock { clients in
            if let client = clients[key] { return client }
            let client = try makeClient(key)
            clients[key] = client
            return client
        }
    }

    private func certificates(for authority: String) throws -> HostCertificates {
        try certificates.withLock { known in
            if let found = known[authority] { return found }
            let found = try HostCertificates(for: authority, in: configuration.certificateDirectories)
            known[authority] = found
            return found
        }
    }

    private func makeClient(_ key: ClientKey) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        if key.verifies {
            let files = configuration.certificateAuthorities.map(\.string) + key.certificates.authorities
            tls.additionalTrustRoots = files.map { .file($0) }
        } else {
            tls.certificateVerification = .none
        }
        if let client = key.certificates.client {
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(client.certificate).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: client.key, format: .pem))
        }
        var settings = HTTPClient.Configuration(
            tlsConfiguration: tls,
            // Redirects are followed one by one, so that credentials stay with their host.
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .nanoseconds(Int64(configuration.connectTimeout / .nanoseconds(1))),
                read: .nanoseconds(Int64(configuration.idleTimeout / .nanoseconds(1)))
            ),
            // Layers are compressed already, and their digests are those of the bytes as they are.
            decompression: .disabled
        )
        settings.httpVersion = .http1Only
        // Whether to try again is for the retry policy to say, which knows what was asked for.
        settings.connectionPool.retryConnectionEstablishment = false
        if let host = key.proxyHost, let port = key.proxyPort { settings.proxy = .server(host: host, port: port) }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }
}
