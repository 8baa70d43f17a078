// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore

extension Nestbox {
    /// Removes an image: by a name, only that name, and the image with its last one; by an identifier, the image with
    /// all its names.
    ///
    /// - Parameters:
    ///   - text: A name or an identifier.
    ///   - isForced: Whether an image goes also if it has names in several repositories, or containers that have ended
    ///     were made from it.
    /// - Returns: What was removed.
    /// - Throws: ``NestboxError``: `imageNotFound`; `imageInUse` if a container was made from it, or `isForced` is
    ///   needed.
    @discardableResult
    public func removeImage(_ text: String, isForced: Bool = false) async throws -> RemovedContent {
        do {
            let image = try images.image(text)
            let named = try images.images().filter { $0.id == image.id }
            let isByName = image.reference != nil && (try? ImageReference(text))?.taggedByDefault == image.reference
            let doomed = isByName ? [image] : named
            let repositories = Set(doomed.compactMap { $0.reference?.repository })
            guard isForced || repositories.count < 2 else {
                throw NestboxError(
                    .imageInUse,
                    "image '\(text)' can't be removed: it has names in several repositories, so it needs force"
                )
            }
            if named.count == doomed.count { try refuseUsed(image, text, isForced: isForced) }
            var removed = RemovedContent()
            for image in doomed { removed.add(try await images.remove(image)) }
            return removed
        } catch let error as ImageStoreError where error.code == .imageNotFound {
            throw NestboxError.missingImage(text)
        } catch {
            throw NestboxError(error, "image '\(text)' can't be removed")
        }
    }

    /// Removes images that no container was made from, and content that no image uses.
    ///
    /// - Parameters:
    ///   - filter: Which images may go.
    ///   - includesNamed: Whether images that have a name may go too.
    /// - Returns: What was removed.
    /// - Throws: ``NestboxError``.
    @discardableResult
    public func pruneImages(
        _ filter: ImageFilter = ImageFilter(),
        includesNamed: Bool = false
    ) async throws -> RemovedContent {
        do {
            return try await images.prune { image in
                guard includesNamed || image.reference == nil, filter.matches(image) else { return false }
                // Asked for each image anew: a container may have been made since.
                return try !isUsed(image, by: Set(containers().map(\.imageIdentifier)))
            }
        } catch {
            throw NestboxError(error, "images can't be pruned")
        }
    }

    /// Whether one of these is the image, or what stands under its name for another platform.
    func isUsed(_ image: Image, by identifiers: Set<String>) -> Bool {
        if identifiers.contains("\(image.id)") { return true }
        return image.target.mediaType.isIndex
            && images.identifiers(besides: image).contains { identifiers.contains("\($0)") }
    }

    private func refuseUsed(_ image: Image, _ text: String, isForced: Bool) throws {
        let users = try containers().filter { isUsed(image, by: [$0.imageIdentifier]) }
        guard let user = users.first(where: { $0.isRunning || !isForced }) else { return }
        throw NestboxError(
            .imageInUse,
            "image '\(text)' can't be removed: container '\(user.name)' was made from it"
        )
    }
}

extension RemovedContent {
    fileprivate mutating func add(_ other: RemovedContent) {
        references += other.references
        images += other.images
        blobs += other.blobs
        layers += other.layers
        size += other.size
    }
}
