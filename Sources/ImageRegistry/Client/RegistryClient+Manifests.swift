// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import AsyncHTTPClient
public import ImageStore
internal import NIOCore
internal import NIOHTTP1

/// A manifest or index as a registry sent it, verified.
public struct RemoteManifest: Sendable, Hashable {
    /// Its type, digest and size.
    public let descriptor: Descriptor

    /// Its bytes.
    public let bytes: [UInt8]
}

extension RegistryClient {
    private static let manifestTypes: [MediaType] = [.index, .manifest, .dockerIndex, .dockerManifest]
    private static let manifestLimit = 8 << 20

    /// Asks a registry what a reference names.
    ///
    /// A reference without tag and digest means the tag `latest`.
    ///
    /// - Returns: The manifest or index; its digest is the one asked for, if one was.
    /// - Throws: ``RegistryError``: `notFound`, `unauthorized`, `denied`, `unreachable`, or `invalidResponse` if what
    ///   came is not what was asked for.
    public func resolve(_ reference: ImageReference) async throws -> RemoteManifest {
        let reference = reference.taggedByDefault
        let name = reference.digest?.description ?? reference.tag ?? "latest"
        return try await configuration.retries.run {
            try await manifest(name, of: reference, expecting: reference.digest)
        }
    }

    /// Fetches a manifest that an index names.
    func manifest(_ descriptor: Descriptor, of reference: ImageReference) async throws -> RemoteManifest {
        try await configuration.retries.run {
            try await manifest(descriptor.digest.description, of: reference, expecting: descriptor.digest)
        }
    }

    private func manifest(
        _ name: String,
        of reference: ImageReference,
        expecting digest: Digest?
    ) async throws -> RemoteManifest {
        var request = RegistryRequest(
            method: .GET,
            url: try await url(reference.domain, "\(reference.path)/manifests/\(name)"),
            registry: reference.domain,
            scopes: [Self.scope(reference.path, "pull")]
        )
        for type in Self.manifestTypes { request.headers.add(name: "Accept", value: type.rawValue) }
        let response = try await transport.send(request, accepting: [200])
        let bytes = try await Self.collect(response, limit: Self.manifestLimit, request)
        let actual = Digest(of: bytes)
        let announced = response.headers.first(name: "Docker-Content-Digest").flatMap { try? Digest($0) }
        if let expected = digest ?? announced, expected != actual {
            throw RegistryError(
                code: .invalidResponse,
                message: "the manifest announced as \(expected) is \(actual)",
                request: request.summary
            )
        }
        let type = response.headers.first(name: "Content-Type")?.prefix { $0 != ";" } ?? ""
        return RemoteManifest(
            descriptor: Descriptor(
                mediaType: try Self.manifestType(String(type), request),
                digest: actual,
                size: Int64(bytes.count)
            ),
            bytes: bytes
        )
    }

    private static func manifestType(_ text: String, _ request: RegistryRequest) throws -> MediaType {
        let type = MediaType(rawValue: text.filter { $0 != " " })
        guard manifestTypes.contains(type) else {
            throw RegistryError(
                code: .invalidResponse,
                message: "the registry sent '\(text)' instead of a manifest",
                request: request.summary
            )
        }
        return type
    }

    /// The body of an answer, if it is no larger than `limit` bytes.
    static func collect(_ response: HTTPClientResponse, limit: Int, _ request: RegistryRequest) async throws -> [UInt8]
    {
        do {
            return Array(buffer: try await response.body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            throw RegistryError(
                code: .invalidResponse,
                message: "the registry sent more than the \(limit) bytes a document may have",
                request: request.summary
            )
        } catch {
            throw HTTPExchange.translate(error, request.summary, request.url.authority)
        }
    }
}
