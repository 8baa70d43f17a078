// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import AsyncHTTPClient
internal import ImageStore
internal import NIOHTTP1

/// Uploads blobs to one repository.
///
/// Source: distribution specification, "Pushing blobs".
struct BlobUpload: Sendable {
    let client: RegistryClient
    let reference: ImageReference
    let content: @Sendable (Digest) -> ArtifactContent
    let origins: MountOrigins
    let progress: ProgressHandler?

    /// Makes sure that the registry has a blob.
    ///
    /// - Throws: ``RegistryError``.
    func push(_ blob: Descriptor) async throws {
        let wasPresent = try await client.configuration.retries.run {
            let isThere = try await exists(blob)
            if !isThere { try await upload(blob) }
            return isThere
        }
        report(blob, blob.size, wasPresent: wasPresent)
    }

    /// Tells how far a blob is; of an image's configuration nothing, as of its manifest: they are small.
    private func report(_ blob: Descriptor, _ completed: Int64, wasPresent: Bool = false) {
        guard !blob.mediaType.isConfiguration else { return }
        let name = blob.digest.description
        progress?(ImageProgress(item: name, completed: completed, total: blob.size, wasPresent: wasPresent))
    }

    private func exists(_ blob: Descriptor) async throws -> Bool {
        let request = try await request(.HEAD, "blobs/\(blob.digest)")
        let response = try await client.transport.send(request, accepting: [200, 404])
        try await Transport.discard(response)
        return response.status == .ok
    }

    private func upload(_ blob: Descriptor) async throws {
        var request = try await request(.POST, "blobs/uploads/")
        if let origin = origins.repository(with: blob.digest) {
            request.url = request.url.adding("mount", blob.digest.description).adding("from", origin)
            request.scopes.append(RegistryClient.scope(origin, "pull"))
        }
        let response = try await client.transport.send(request, accepting: [201, 202])
        try await Transport.discard(response)
        if response.status == .created { return }
        let location = try Self.location(of: response, request)
        if let size = client.configuration.uploadChunkSize, size > 0, size < blob.size {
            try await sendChunks(blob, of: size, to: location)
        } else {
            try await sendWhole(blob, to: location)
        }
    }

    private func sendWhole(_ blob: Descriptor, to location: RegistryURL) async throws {
        var request = self.request(.PUT, at: location.adding("digest", blob.digest.description))
        request.headers.add(name: "Content-Type", value: "application/octet-stream")
        request.body = body(blob, offset: 0, length: blob.size)
        try await Transport.discard(client.transport.send(request, accepting: [201, 204]))
    }

    private func sendChunks(_ blob: Descriptor, of size: Int64, to start: RegistryURL) async throws {
        var location = start
        var offset: Int64 = 0
        while offset < blob.size {
            let length = min(size, blob.size - offset)
            var request = self.request(.PATCH, at: location)
            request.headers.add(name: "Content-Type", value: "application/octet-stream")
            request.headers.add(name: "Content-Range", value: "\(offset)-\(offset + length - 1)")
            request.body = body(blob, offset: offset, length: length)
            let response = try await client.transport.send(request, accepting: [202])
            try await Transport.discard(response)
            location = try Self.location(of: response, request)
            offset += length
        }
        var request = self.request(.PUT, at: location.adding("digest", blob.digest.description))
        request.body = .bytes([])
        try await Transport.discard(client.transport.send(request, accepting: [201, 204]))
    }

    private func body(_ blob: Descriptor, offset: Int64, length: Int64) -> RegistryRequest.Body {
        switch content(blob.digest) {
        case .bytes(let bytes):
            .bytes(Array(bytes.dropFirst(Int(offset)).prefix(Int(length))))
        case .file(let path):
            .file(path, offset: offset, length: length) { sent in report(blob, offset + sent) }
        }
    }

    private func request(_ method: HTTPMethod, _ path: String) async throws -> RegistryRequest {
        request(method, at: try await client.url(reference.domain, "\(reference.path)/\(path)"))
    }

    private func request(_ method: HTTPMethod, at url: RegistryURL) -> RegistryRequest {
        RegistryRequest(
            method: method,
            url: url,
            registry: reference.domain,
            scopes: [RegistryClient.scope(reference.path, "pull,push")]
        )
    }

    private static func location(of response: HTTPClientResponse, _ request: RegistryRequest) throws -> RegistryURL {
        guard let text = response.headers.first(name: "Location"), let url = request.url.resolving(text) else {
            throw RegistryError(
                code: .invalidResponse,
                message: "the registry takes an upload, but does not say where",
                request: request.summary
            )
        }
        return url
    }
}
