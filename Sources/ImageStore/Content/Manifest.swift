// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An image manifest: the configuration and the layers, lowest first.
///
/// Source: OCI image specification, "Image Manifest". Docker's schema 2 has the same shape.
public struct Manifest: Sendable, Hashable, Codable {
    /// Always 2.
    public var schemaVersion: Int

    /// The manifest's own type.
    ///
    /// Must agree with the descriptor that led to it.
    public var mediaType: MediaType?

    /// The kind of artifact, where the manifest is one.
    public var artifactType: String?

    /// The image configuration.
    public var config: Descriptor

    /// The layers, lowest first.
    public var layers: [Descriptor]

    /// The manifest this one is about, such as the image a signature belongs to.
    public var subject: Descriptor?

    /// Free metadata.
    public var annotations: [String: String]?

    /// Makes an OCI manifest.
    public init(config: Descriptor, layers: [Descriptor], annotations: [String: String]? = nil) {
        schemaVersion = 2
        mediaType = .manifest
        self.config = config
        self.layers = layers
        self.annotations = annotations
    }
}
