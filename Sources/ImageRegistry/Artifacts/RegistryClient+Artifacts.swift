// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import AsyncHTTPClient
public import ImageStore
internal import NIOHTTP1
public import SystemPackage

/// Things that are no images: a builder's cache.
extension RegistryClient: ArtifactRegistry {
    private static let documentLimit = 64 << 20

    /// The manifest that a reference names.
    ///
    /// - Returns: The manifest, verified; nil if the registry has none of that name.
    /// - Throws: ``RegistryError``, with code `invalidResponse` if the name stands for several manifests.
    public func artifact(_ reference: ImageReference) async throws -> Manifest? {
        let remote: RemoteManifest
        do {
            remote = try await resolve(reference)
        } catch let error as RegistryError where error.code == .notFound {
            return nil
        }
        guard remote.descriptor.mediaType.isManifest else {
            throw RegistryError(
                code: .invalidResponse,
                message: "\(reference.familiar) names an index, where a single manifest was looked for"
            )
        }
        let (type, digest) = (remote.descriptor.mediaType, remote.descriptor.digest)
        try ManifestShape.check(remote.bytes, is: type, digest: digest)
        return try JSONDocument.decode(Manifest.self, from: remote.bytes, what: "the manifest \(digest)")
    }

    /// Fetches a small blob.
    ///
    /// - Throws: ``RegistryError``, with code `invalidResponse` if it is not what it was announced as, or too large.
    public func document(_ blob: Descriptor, of reference: ImageReference) async throws -> [UInt8] {
        let request = RegistryRequest(
            method: .GET,
            url: try await url(reference.domain, "\(reference.path)/blobs/\(blob.digest)"),
            registry: reference.domain,
            scopes: [Self.scope(reference.path, "pull")]
        )
        let bytes = try await configuration.retries.run {
            try await Self.collect(transport.send(request, accepting: [200]), limit: Self.documentLimit, request)
        }
        guard Digest(of: bytes) == blob.digest else {
            throw RegistryError(
                code: .invalidResponse,
                message: "content announced as \(blob.digest) is \(Digest(of: bytes))",
                request: request.summary
            )
        }
        return bytes
    }

    /// Fetches a blob into a file; a broken stream is taken up where it broke.
    ///
    /// - Throws: ``RegistryError``; `ImageStoreError` with code `digestMismatch` if it is not what it was announced as.
    public func fetch(_ blob: Descriptor, of reference: ImageReference, to file: FilePath) async throws {
        let receiver = try BlobReceiver(blob, path: file)
        try await download(from: reference, into: receiver, progress: nil)
        try await OwnThread.run { try receiver.finish() }
    }

    /// Sends a manifest and what it lists.
    ///
    /// - Throws: ``RegistryError``; the name then stands for what it stood for.
    public func push(
        _ manifest: Manifest,
        as reference: ImageReference,
        content: @escaping @Sendable (Digest) -> ArtifactContent
    ) async throws {
        let reference = reference.taggedByDefault
        guard let tag = reference.tag else {
            throw RegistryError(code: .rejected, message: "\(reference.familiar) has no tag to push under")
        }
        let upload = BlobUpload(
            client: self,
            reference: reference,
            content: content,
            origins: MountOrigins(),
            progress: nil
        )
        try await concurrently(manifest.layers + [manifest.config], limit: configuration.concurrentLayers) { blob in
            try await upload.push(blob)
        }
        let type = manifest.mediaType ?? .manifest
        try await put(try JSONDocument.encode(manifest), type, named: tag, reference)
    }
}
