// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore

extension RegistryClient {
    /// Pulls an image into a store, ready to run.
    ///
    /// Layers come side by side, and each is verified and unpacked while it comes. What the store has is not fetched
    /// again, and nothing is listed before all of it is there.
    ///
    /// - Parameters:
    ///   - reference: What to pull; without tag and digest, the tag `latest`.
    ///   - store: Where to put it.
    ///   - platform: Which image to take where the registry offers several.
    ///   - progress: Hears about each layer.
    /// - Returns: The image.
    /// - Throws: ``RegistryError``, and `ImageStoreError` for content that is refused; the store is then as it was.
    @discardableResult
    public func pull(
        _ reference: ImageReference,
        into store: ImageStore,
        platform: Platform = .current,
        progress: ProgressHandler? = nil
    ) async throws -> Image {
        let reference = reference.taggedByDefault
        let session = try await store.beginIngest()
        let remote = try await resolve(reference)
        try session.add(remote.bytes, expecting: remote.descriptor)
        let chosen = try await chooseManifest(remote.descriptor, of: reference, platform: platform, session: session)
        let manifest = try store.stagedManifest(chosen, in: session)
        try await session.receiveBlobIfMissing(manifest.config) { receiver in
            try await self.download(from: reference, into: receiver, progress: nil)
        }
        let configuration = try store.stagedConfiguration(of: manifest, in: session)
        let layers = zip(manifest.layers, configuration.rootfs.diffIDs).map { $0 }
        try await concurrently(layers, limit: self.configuration.concurrentLayers) { layer, diffID in
            try await self.pull(layer, diffID, reference, session, progress)
        }
        return try session.commit {
            try store.listCommitted(remote.descriptor, as: reference, platform: platform)
        }
    }

    private func pull(
        _ layer: Descriptor,
        _ diffID: Digest,
        _ reference: ImageReference,
        _ session: IngestSession,
        _ progress: ProgressHandler?
    ) async throws {
        let isNew = try await session.receiveLayer(layer, diffID: diffID) { receiver in
            try await self.download(from: reference, into: receiver, progress: progress)
        }
        let name = layer.digest.description
        progress?(ImageProgress(item: name, completed: layer.size, total: layer.size, wasPresent: !isNew))
    }

    /// Fetches what lies between an index and the manifest for the platform.
    private func chooseManifest(
        _ descriptor: Descriptor,
        of reference: ImageReference,
        platform: Platform,
        session: IngestSession
    ) async throws -> Descriptor {
        var current = descriptor
        for _ in 0..<4 where current.mediaType.isIndex {
            current = try session.choose(under: current, for: platform)
            let remote = try await manifest(current, of: reference)
            try session.add(remote.bytes, expecting: current)
        }
        return current
    }
}
