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
            throw ImageStoreError.missing(reference.familiar)
        }
    }

    /// Removes an image: the name it was asked for by, and if it has no other, the image and the content that only it
    /// uses.
    ///
    /// Content that a container or another process uses now goes with the next ``prune(where:)``.
    ///
    /// - Returns: What was removed.
    /// - Throws: ``ImageStoreError`` with code `imageNotFound` if it is gone already.
    @discardableResult
    public func remove(_ image: Image) async throws -> RemovedContent {
        var removed = RemovedContent()
        let found = try updateIndex { index in
            let before = index.manifests.count
            index.manifests.removeAll { $0.digest == image.target.digest && $0.reference == image.reference }
            let isGone = !index.manifests.contains { $0.digest == image.target.digest }
            if isGone { removed.images = [image.id] }
            return index.manifests.count < before
        }
        guard found else {
            throw ImageStoreError.missing(image.reference?.familiar ?? image.id.short)
        }
        removed.references = [image.reference].compactMap { $0 }
        guard let lock = try FileLock.tryTake(paths.contentLock, .exclusive) else { return removed }
        return try removed.adding(removeUnusedContent(under: lock))
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
        return try prune(under: lock) { entry in
            let isDangling = entry.annotations?[Descriptor.referenceName] == nil && entry.reference == nil
            return (isDangling || !danglingOnly) && !kept.contains(entry.digest)
        }
    }

    /// Removes the images that `isUnwanted` says, and all content that no image uses.
    ///
    /// An entry that can't be read as an image is not asked about, and stays.
    ///
    /// - Parameter isUnwanted: Is called while nobody else adds or removes images.
    /// - Returns: What was removed.
    /// - Throws: ``ImageStoreError``, what `isUnwanted` throws, and `CancellationError` if the task is cancelled while it
    ///   waits.
    @discardableResult
    public func prune(where isUnwanted: (Image) throws -> Bool) async throws -> RemovedContent {
        let lock = try await FileLock.wait(for: paths.contentLock, .exclusive)
        return try prune(under: lock) { entry in
            guard let image = try? image(at: entry, reference: entry.reference, platform: nil) else { return false }
            return try isUnwanted(image)
        }
    }

    private func prune(
        under lock: borrowing FileLock,
        where isUnwanted: (Descriptor) throws -> Bool
    ) throws -> RemovedContent {
        var removed = RemovedContent()
        try updateIndex { index in
            let unwanted = try index.manifests.filter(isUnwanted)
            index.manifests.removeAll { unwanted.contains($0) }
            removed.references = unwanted.compactMap(\.reference)
            let left = Set(index.manifests.map(\.digest))
            for entry in unwanted where !left.contains(entry.digest) {
                let id = (try? image(at: entry, reference: nil, platform: nil))?.id ?? entry.digest
                if !removed.images.contains(id) { removed.images.append(id) }
            }
        }
        return try removed.adding(removeUnusedContent(under: lock))
    }
}

extension RemovedContent {
    /// These names and images with that content.
    fileprivate func adding(_ content: RemovedContent) -> RemovedContent {
        var sum = content
        sum.references = references
        sum.images = images
        return sum
    }
}
