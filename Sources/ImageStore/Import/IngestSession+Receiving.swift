// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

package import SystemPackage

extension IngestSession {
    /// Copies a file into the session as a blob, if it is what was announced.
    ///
    /// - Throws: ``ImageStoreError`` with code `digestMismatch` or `system`.
    package func add(blobAt file: FilePath, expecting descriptor: Descriptor) async throws {
        _ = try await copy({ try FileSource(file, cancellation: $0) }, to: newPath(), expecting: descriptor)
    }

    /// Adds a document that came from elsewhere, if it is what was announced.
    ///
    /// - Throws: ``ImageStoreError`` with code `digestMismatch`.
    package func add(_ bytes: [UInt8], expecting descriptor: Descriptor) throws {
        let digest = Digest(of: bytes)
        guard digest == descriptor.digest, Int64(bytes.count) == descriptor.size else {
            throw ImageStoreError(
                code: .digestMismatch,
                message: "content announced as \(descriptor.digest) with \(descriptor.size) bytes is \(digest) "
                    + "with \(bytes.count)",
                path: descriptor.digest.description
            )
        }
        try add(bytes, as: descriptor.mediaType)
    }

    /// Receives a blob that `download` writes.
    ///
    /// - Throws: ``ImageStoreError`` with code `digestMismatch`, and what `download` throws.
    package func receiveBlob(
        _ descriptor: Descriptor,
        download: (BlobReceiver) async throws -> Void
    ) async throws {
        let receiver = try BlobReceiver(descriptor, path: newPath())
        try await download(receiver)
        try await OwnThread.run { try receiver.finish() }
        stage(descriptor.digest, at: receiver.path)
    }

    /// Receives a blob that `download` writes, unless the session or the store has it.
    package func receiveBlobIfMissing(
        _ descriptor: Descriptor,
        download: (BlobReceiver) async throws -> Void
    ) async throws {
        if !contains(descriptor.digest) { try await receiveBlob(descriptor, download: download) }
    }

    /// The entry for a platform in an index that the session holds.
    ///
    /// - Throws: ``ImageStoreError`` with code `noMatchingPlatform` or `invalidContent`.
    package func choose(under entry: Descriptor, for platform: Platform) throws -> Descriptor {
        try content.choose(under: entry, for: platform)
    }

    /// Receives a layer that `download` writes, and unpacks it at the same time.
    ///
    /// What the session or the store has already is not asked for again.
    ///
    /// - Returns: Whether it was asked for.
    /// - Throws: ``ImageStoreError``: `digestMismatch` and the errors of unpacking; what `download` throws.
    @discardableResult
    package func receiveLayer(
        _ descriptor: Descriptor,
        diffID: Digest,
        download: @escaping @Sendable (BlobReceiver) async throws -> Void
    ) async throws -> Bool {
        let isHere = contains(descriptor.digest)
        if try isUnpacked(diffID) {
            if !isHere { try await receiveBlob(descriptor, download: download) }
            return !isHere
        }
        if isHere {
            try await unpack(path(of: descriptor.digest), of: descriptor, expecting: diffID)
            return false
        }
        let growing = GrowingFile()
        let receiver = try BlobReceiver(descriptor, path: newPath(), growing: growing)
        async let received: Void = receive(into: receiver, download: download)
        try await unpack(receiver.path, of: descriptor, expecting: diffID, growing: growing)
        try await received
        stage(descriptor.digest, at: receiver.path)
        return true
    }

    private func receive(
        into receiver: BlobReceiver,
        download: @Sendable (BlobReceiver) async throws -> Void
    ) async throws {
        do {
            try await download(receiver)
            try await OwnThread.run { try receiver.finish() }
        } catch {
            receiver.fail(error)
            throw error
        }
    }
}
