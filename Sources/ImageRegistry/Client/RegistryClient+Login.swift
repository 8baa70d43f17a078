// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import AsyncHTTPClient
internal import NIOHTTP1

extension RegistryClient {
    /// Asks a registry whether it accepts credentials, and keeps them if it does.
    ///
    /// - Parameters:
    ///   - registry: The registry, such as `docker.io` or `registry.example.com:5000`.
    ///   - credentials: The user's name and password.
    ///   - file: Where to keep them; `nil` to keep them nowhere.
    /// - Throws: ``RegistryError`` with code `unauthorized` if they are not accepted; nothing is kept then.
    public func login(
        to registry: String,
        with credentials: Credentials,
        keepingIn file: DockerConfigurationFile? = DockerConfigurationFile()
    ) async throws {
        var configuration = configuration
        configuration.credentials = FixedCredentials(credentials)
        let transport = Transport(configuration: configuration)
        do {
            let request = RegistryRequest(
                method: .GET,
                url: try await url(registry, ""),
                registry: registry,
                scopes: []
            )
            try await configuration.retries.run {
                try await Transport.discard(transport.send(request, accepting: [200]))
            }
        } catch {
            try? await transport.exchange.shutdown()
            throw error
        }
        try await transport.exchange.shutdown()
        try await file?.store(credentials, for: registry)
    }

    /// Forgets the credentials for a registry.
    ///
    /// - Throws: ``RegistryError`` with code `credentials`.
    public func logout(
        from registry: String,
        keepingIn file: DockerConfigurationFile = DockerConfigurationFile()
    ) async throws {
        try await file.erase(registry)
    }

    /// The tags of a repository, in the registry's order.
    ///
    /// - Throws: ``RegistryError``.
    public func tags(of repository: String, in registry: String) async throws -> [String] {
        var tags: [String] = []
        var next: RegistryURL? = try await url(registry, "\(repository)/tags/list")
        while let url = next {
            let request = RegistryRequest(
                method: .GET,
                url: url,
                registry: registry,
                scopes: [Self.scope(repository, "pull")]
            )
            let page = try await configuration.retries.run { try await tagPage(request) }
            tags += page.tags
            guard page.next != url else { break }
            next = page.next
        }
        return tags
    }
}
