// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Fetches images from elsewhere into a store.
///
/// It is the seam between what needs images and what knows registries: `ImageRegistry` has one that speaks to them, and
/// a program that brings its images along needs none.
public protocol ImagePuller: Sendable {
    /// Fetches an image, ready to run, and lists it under its reference.
    ///
    /// - Parameters:
    ///   - reference: What to fetch; without tag and digest, the tag `latest`.
    ///   - store: Where to put it.
    ///   - platform: Which image to take where several are offered.
    ///   - progress: Hears about each layer.
    /// - Returns: The image.
    /// - Throws: What kept the image from coming; the store is then as it was.
    func pull(
        _ reference: ImageReference,
        into store: ImageStore,
        platform: Platform,
        progress: ProgressHandler?
    ) async throws -> Image
}
