// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore

/// Finds the images that Dockerfiles name.
///
/// One that pulls what is missing makes the builder independent of what the store holds.
public protocol BuildImageResolver: Sendable {
    /// Finds an image, and sees to it that the store has it.
    ///
    /// - Parameters:
    ///   - reference: The image's name.
    ///   - platform: What it is to be for.
    /// - Returns: The image in the store.
    /// - Throws: Whatever went wrong.
    func image(_ reference: ImageReference, platform: Platform) async throws -> Image
}

/// Finds images in a store, and nowhere else.
public struct StoredImageResolver: BuildImageResolver {
    private let store: ImageStore

    /// Makes a resolver for a store.
    public init(store: ImageStore) {
        self.store = store
    }

    /// The image of this name.
    public func image(_ reference: ImageReference, platform: Platform) async throws -> Image {
        try store.image(reference, platform: platform)
    }
}
