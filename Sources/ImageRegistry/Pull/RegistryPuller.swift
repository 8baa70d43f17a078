// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ImageStore

/// Fetches images from registries, for whoever needs an image and knows no registries: the engine, a builder.
///
/// ```swift
/// let nestbox = try await Nestbox(root: "/var/lib/app", puller: RegistryPuller())
/// ```
public struct RegistryPuller: ImagePuller {
    /// How it talks to registries.
    public var configuration: RegistryConfiguration

    /// Makes a puller.
    public init(configuration: RegistryConfiguration = RegistryConfiguration()) {
        self.configuration = configuration
    }

    /// Pulls an image with a client that ends with the pull.
    ///
    /// - Throws: ``RegistryError`` and `ImageStoreError`.
    public func pull(
        _ reference: ImageReference,
        into store: ImageStore,
        platform: Platform,
        progress: ProgressHandler?
    ) async throws -> Image {
        try await RegistryClient.with(configuration) { client in
            try await client.pull(reference, into: store, platform: platform, progress: progress)
        }
    }
}
