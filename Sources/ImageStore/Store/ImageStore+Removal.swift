// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

extension ImageStore {
    /// Gives an image a further name; an image that has it loses it.
    ///
    /// - Throws: ``ImageStoreError`` with code `invalidReference` if the name is a digest.
    public func tag(_ image: Image, as reference: ImageReference) throws {
        guard reference.digest == nil else {
            throw ImageStoreError(
                code: .invalidReference,
                message: "'\(reference)' can't be given to an image: it names content by digest"
            )
        }
        try list(image.target, as: reference.taggedByDefault)
    }

    /// Takes a name from the image that has it.
    ///
    /// The image stays, without a name if this was the last.
    ///
    /// - Throws: ``ImageStoreError`` with code `imageNotFound`.
    public func untag(_ reference: ImageReference) throws {
        let wanted = reference.taggedByDefault
        let found = try updateIndex { Self.release(wanted, in: &$0) }
        guard found else {
            throw ImageStoreError(
                code: .imageNotFound,
                message: "no image is named '\(reference.familiar)'",
                path: reference.description
            )
        }
    }

    /// Removes an image: the name it was asked for by, and if it has no other, the image and the content that only it
    /// uses.
    ///
    /// Content that a container or another process uses now goes with the next ``prune(danglingOnly:keeping:)``.
    ///
    /// - Returns: What was removed.
    /// - Throws: ``ImageStoreError`` with code `imageNotFound` if it is gone already.
    @discardableResult
    public func remove(_ image: Image) async throws -> RemovedContent {
        let found = try updateIndex { index in
            let before = index.manifests.count
            index.manifests.removeAll { $0.digest == image.target.digest && $0.reference == image.reference }
            return index.manifests.count < before
        }
        guard found else {
            throw ImageStoreError(
                code: .imageNotFound,
                message: "the image \(image.reference?.familiar ?? image.id.short) is not in the store"
            )
        }
        guard let lock = try FileLock.tryTake(paths.contentLock, .exclusive) else { return RemovedContent() }
        return try removeUnusedContent(under: lock)
    }

    /// Removes images without a name, and all content that no image uses.
    ///
    /// Waits until imports and pulls that run now are done. A layer that a container uses stays.
    ///
    /// - Parameters:
    ///   - danglingOnly: Whether all images that have a name stay.
    ///   - kept: Images that stay in any case, by ``Image/digest``: those that containers were made of.
    /// - Returns: What was removed.
    /// - Throws: ``ImageStoreError``; `CancellationError` if the task is cancelled while it waits.
    @discardableResult
    public func prune(danglingOnly: Bool = true, keeping kept: Set<Digest> = []) async throws -> RemovedContent {
        let lock = try await FileLock.wait(for: paths.contentLock, .exclusive)
        try updateIndex { index in
            index.manifests.removeAll { entry in
                let isDangling = entry.annotations?[Descriptor.referenceName] == nil && entry.reference == nil
                return (isDangling || !danglingOnly) && !kept.contains(entry.digest)
            }
        }
        return try removeUnusedContent(under: lock)
    }
}
