// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import AsyncHTTPClient
public import ImageStore
internal import NIOHTTP1

extension RegistryClient {
    /// Pushes an image from a store to a registry.
    ///
    /// Layers that the registry has are not sent; those it has in another repository are mounted from there. An image
    /// of several platforms is pushed whole if the store has all of it, else the current platform's image alone.
    ///
    /// - Parameters:
    ///   - image: The image.
    ///   - store: The store that holds it.
    ///   - reference: Where to push it; the image's own name by default.
    ///   - progress: Hears about each layer.
    /// - Returns: What the registry lists now: its digest is the one to pull by.
    /// - Throws: ``RegistryError``; with code `rejected` if neither the image nor the caller gives a name.
    @discardableResult
    public func push(
        _ image: Image,
        from store: ImageStore,
        to reference: ImageReference? = nil,
        progress: ProgressHandler? = nil
    ) async throws -> Descriptor {
        guard let reference = (reference ?? image.reference)?.taggedByDefault, let tag = reference.tag else {
            throw RegistryError(code: .rejected, message: "the image \(image.id.short) has no tag to push it by")
        }
        let hold = try await store.holdContent()
        let whole = try hold.closure(of: image.target)
        let target = whole == nil ? image.manifestDescriptor : image.target
        guard let contents = try whole ?? hold.closure(of: target) else {
            throw RegistryError(code: .rejected, message: "the store lacks content of \(reference.familiar)")
        }
        let upload = BlobUpload(
            client: self,
            reference: reference,
            content: { .file(hold.path(of: $0)) },
            origins: try MountOrigins(in: store, for: reference),
            progress: progress
        )
        let isDocument: (Descriptor) -> Bool = { $0.mediaType.isIndex || $0.mediaType.isManifest }
        try await concurrently(contents.filter { !isDocument($0) }, limit: configuration.concurrentLayers) { blob in
            try await upload.push(blob)
        }
        for document in contents.filter(isDocument) where document.digest != target.digest {
            try await put(
                try hold.document(document),
                document.mediaType,
                named: document.digest.description,
                reference
            )
        }
        try await put(try hold.document(target), target.mediaType, named: tag, reference)
        return target
    }

    /// Sends a manifest or an index, whose content the registry has.
    func put(
        _ document: [UInt8],
        _ type: MediaType,
        named name: String,
        _ reference: ImageReference
    ) async throws {
        var request = RegistryRequest(
            method: .PUT,
            url: try await url(reference.domain, "\(reference.path)/manifests/\(name)"),
            registry: reference.domain,
            scopes: [Self.scope(reference.path, "pull,push")]
        )
        request.headers.add(name: "Content-Type", value: type.rawValue)
        request.body = .bytes(document)
        let ready = request
        try await configuration.retries.run {
            try await Transport.discard(transport.send(ready, accepting: [200, 201, 202]))
        }
    }
}
