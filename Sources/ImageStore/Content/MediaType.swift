// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The type of a piece of content, as descriptors announce it.
///
/// OCI's types and Docker's schema 2 types are known; any other string is kept as it is.
public struct MediaType: Sendable, Hashable, RawRepresentable, Codable, CustomStringConvertible {
    /// The type as descriptors write it.
    public var rawValue: String

    /// Makes a type of any string.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The type as descriptors write it.
    public var description: String { rawValue }

    /// An OCI image index: one entry a platform.
    public static let index = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    /// An OCI image manifest.
    public static let manifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    /// An OCI image configuration.
    public static let config = MediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    /// A layer that is not compressed.
    public static let layer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar")
    /// A layer compressed with gzip.
    public static let layerGzip = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    /// A layer compressed with Zstandard.
    public static let layerZstd = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")
    /// Docker's manifest list.
    public static let dockerIndex = MediaType(rawValue: "application/vnd.docker.distribution.manifest.list.v2+json")
    /// Docker's image manifest, schema 2.
    public static let dockerManifest = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    /// Docker's image configuration.
    public static let dockerConfig = MediaType(rawValue: "application/vnd.docker.container.image.v1+json")
    /// Docker's layer, compressed with gzip.
    public static let dockerLayerGzip = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar.gzip")
    /// Docker's layer, not compressed.
    public static let dockerLayer = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar")
}

extension MediaType {
    /// Whether this is an index or a manifest list.
    public var isIndex: Bool { self == .index || self == .dockerIndex }

    /// Whether this is an image manifest.
    public var isManifest: Bool { self == .manifest || self == .dockerManifest }

    /// Whether it is an image's configuration.
    package var isConfiguration: Bool { self == .config || self == .dockerConfig }
}
