// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A reference to content by digest, with its type and size.
///
/// Source: OCI image specification, "Descriptor".
public struct Descriptor: Sendable, Hashable, Codable {
    /// What the content is.
    public var mediaType: MediaType

    /// The content's digest.
    public var digest: Digest

    /// The content's size in bytes.
    public var size: Int64

    /// Where else the content can be had.
    public var urls: [String]?

    /// Free metadata by reverse-domain key.
    public var annotations: [String: String]?

    /// The platform an entry of an index is for.
    public var platform: Platform?

    /// The kind of artifact, where the content is one.
    public var artifactType: String?

    /// Makes a descriptor.
    public init(
        mediaType: MediaType,
        digest: Digest,
        size: Int64,
        urls: [String]? = nil,
        annotations: [String: String]? = nil,
        platform: Platform? = nil,
        artifactType: String? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.urls = urls
        self.annotations = annotations
        self.platform = platform
        self.artifactType = artifactType
    }
}
