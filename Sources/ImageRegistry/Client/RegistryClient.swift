// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import AsyncHTTPClient
internal import ImageStore
internal import NIOCore
internal import NIOHTTP1
import Synchronization

/// Talks to registries by the OCI distribution specification: pulls images into a store, and pushes them from it.
///
/// ```swift
/// try await RegistryClient.with { client in
///     let image = try await client.pull(ImageReference("debian:bookworm"), into: store)
/// }
/// ```
public final class RegistryClient: Sendable {
    /// How the client talks to registries.
    public let configuration: RegistryConfiguration

    let transport: Transport
    private let schemes = Mutex<[String: String]>([:])

    private init(configuration: RegistryConfiguration) {
        self.configuration = configuration
        transport = Transport(configuration: configuration)
    }

    /// Gives `body` a client whose connections end when it returns or throws.
    public static func with<Value>(
        _ configuration: RegistryConfiguration = RegistryConfiguration(),
        _ body: (RegistryClient) async throws -> Value
    ) async throws -> Value {
        let client = RegistryClient(configuration: configuration)
        do {
            let value = try await body(client)
            try await client.transport.exchange.shutdown()
            return value
        } catch {
            try? await client.transport.exchange.shutdown()
            throw error
        }
    }
}

extension RegistryClient {
    /// The host that serves a registry.
    static func authority(of registry: String) -> String {
        registry == ImageReference.defaultDomain ? "registry-1.docker.io" : registry
    }

    /// A URL below a registry's `/v2/`.
    func url(_ registry: String, _ path: String, query: String? = nil) async throws -> RegistryURL {
        let authority = Self.authority(of: registry)
        return RegistryURL(
            scheme: try await scheme(of: registry, authority),
            authority: authority,
            path: "/v2/\(path)",
            query: query
        )
    }

    /// `https`, unless the registry may be plain and does not speak it.
    private func scheme(of registry: String, _ authority: String) async throws -> String {
        guard transport.exchange.mayBePlain(authority) else { return "https" }
        if let known = schemes.withLock({ $0[registry] }) { return known }
        let probe = RegistryURL(scheme: "https", authority: authority, path: "/v2/")
        var scheme = "https"
        do {
            try await Transport.discard(
                transport.exchange.execute(HTTPClientRequest(url: probe.description), for: probe)
            )
        } catch is RegistryError {
            scheme = "http"
        }
        let found = scheme
        schemes.withLock { $0[registry] = found }
        return found
    }

    /// What a request needs to be allowed in a repository.
    static func scope(_ path: String, _ actions: String) -> String {
        "repository:\(path):\(actions)"
    }
}
