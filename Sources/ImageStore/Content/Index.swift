// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An image index: a list of manifests, usually one a platform.
///
/// `index.json` of a layout is one too.
///
/// Source: OCI image specification, "Image Index".
public struct Index: Sendable, Hashable, Codable {
    /// Always 2.
    public var schemaVersion: Int

    /// The index's own type.
    ///
    /// Must agree with the descriptor that led to it.
    public var mediaType: MediaType?

    /// The kind of artifact, where the index is one.
    public var artifactType: String?

    /// The manifests, or further indexes.
    public var manifests: [Descriptor]

    /// The manifest this index is about.
    public var subject: Descriptor?

    /// Free metadata.
    public var annotations: [String: String]?

    /// Makes an OCI index.
    public init(manifests: [Descriptor] = [], annotations: [String: String]? = nil) {
        schemaVersion = 2
        mediaType = .index
        self.manifests = manifests
        self.annotations = annotations
    }
}
