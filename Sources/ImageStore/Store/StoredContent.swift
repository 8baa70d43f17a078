// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads manifests, indexes and configurations: verified against their descriptors, and found in a place to be chosen.
struct StoredContent: Sendable {
    /// How deep indexes may lie in indexes.
    static let depthLimit = 4

    let limits: LayerLimits
    private let locate: @Sendable (Digest) -> FilePath

    /// Reads from a store.
    init(paths: StorePaths, limits: LayerLimits) {
        self.init(limits: limits) { paths.blob($0) }
    }

    /// Reads from wherever `locate` says a blob is.
    init(limits: LayerLimits, locate: @escaping @Sendable (Digest) -> FilePath) {
        self.limits = limits
        self.locate = locate
    }

    /// The bytes of a document.
    ///
    /// - Throws: ``ImageStoreError`` with code `contentNotFound`, `digestMismatch` or `limitExceeded`.
    func document(_ descriptor: Descriptor) throws -> [UInt8] {
        guard let bytes = try SmallFile.read(locate(descriptor.digest), limit: limits.documentSize) else {
            throw ImageStoreError(
                code: .contentNotFound,
                message: "\(descriptor.digest) ('\(descriptor.mediaType)') is missing",
                path: descriptor.digest.description
            )
        }
        let actual = Digest(of: bytes)
        guard actual == descriptor.digest, bytes.count == descriptor.size else {
            throw ImageStoreError(
                code: .digestMismatch,
                message: "content announced as \(descriptor.digest) with \(descriptor.size) bytes is \(actual) "
                    + "with \(bytes.count)",
                path: descriptor.digest.description
            )
        }
        return bytes
    }

    /// A manifest.
    func manifest(_ descriptor: Descriptor) throws -> Manifest {
        let bytes = try document(descriptor)
        try ManifestShape.check(bytes, is: descriptor.mediaType, digest: descriptor.digest)
        let manifest = try JSONDocument.decode(Manifest.self, from: bytes, what: "the manifest \(descriptor.digest)")
        guard manifest.layers.count <= limits.layers else {
            throw ImageStoreError(
                code: .limitExceeded,
                message: "the image has \(manifest.layers.count) layers; at most \(limits.layers) are allowed",
                path: descriptor.digest.description
            )
        }
        return manifest
    }

    /// An index.
    func index(_ descriptor: Descriptor) throws -> Index {
        let bytes = try document(descriptor)
        try ManifestShape.check(bytes, is: descriptor.mediaType, digest: descriptor.digest)
        return try JSONDocument.decode(Index.self, from: bytes, what: "the index \(descriptor.digest)")
    }

    /// A configuration, with as many layers as the manifest.
    func configuration(of manifest: Manifest) throws -> ImageConfiguration {
        let digest = manifest.config.digest
        guard [.config, .dockerConfig].contains(manifest.config.mediaType) else {
            throw ImageStoreError(
                code: .invalidContent,
                message: "this is no image: its configuration is of type '\(manifest.config.mediaType)'",
                path: digest.description
            )
        }
        let bytes = try document(manifest.config)
        let configuration = try JSONDocument.decode(
            ImageConfiguration.self,
            from: bytes,
            what: "the configuration \(digest)"
        )
        guard configuration.rootfs.diffIDs.count == manifest.layers.count else {
            throw ImageStoreError(
                code: .invalidContent,
                message: "the manifest has \(manifest.layers.count) layers, "
                    + "but the configuration \(digest) has \(configuration.rootfs.diffIDs.count)",
                path: digest.description
            )
        }
        return configuration
    }

    /// The manifest for a platform: `entry` itself, or what the index it stands for offers.
    ///
    /// - Throws: ``ImageStoreError`` with code `noMatchingPlatform`.
    func manifest(under entry: Descriptor, for platform: Platform?, depth: Int = 0) throws -> Descriptor {
        guard entry.mediaType.isIndex else { return entry }
        guard depth < Self.depthLimit else { throw Self.tooDeep(entry) }
        let match = try choose(under: entry, for: platform)
        return try manifest(under: match, for: platform, depth: depth + 1)
    }

    /// The manifests that an entry leads to and that are here, whatever their platforms.
    func manifests(under entry: Descriptor, depth: Int = 0) throws -> [Descriptor] {
        guard entry.mediaType.isIndex else { return entry.mediaType.isManifest ? [entry] : [] }
        guard depth < Self.depthLimit else { throw Self.tooDeep(entry) }
        return try index(entry).manifests.filter { contains($0.digest) }.flatMap {
            try manifests(under: $0, depth: depth + 1)
        }
    }

    private func contains(_ digest: Digest) -> Bool { access(locate(digest).string, R_OK) == 0 }

    /// The entry whose platform comes closest; of several, the first.
    private static func nearest(_ candidates: [Descriptor], to wanted: Platform) -> Descriptor? {
        candidates.compactMap { candidate in
            candidate.platform?.distance(to: wanted).map { (candidate, $0) }
        }.min { $0.1 < $1.1 }?.0
    }

    /// The error for indexes in indexes in indexes.
    static func tooDeep(_ entry: Descriptor) -> ImageStoreError {
        ImageStoreError(
            code: .invalidContent,
            message: "indexes lie more than \(depthLimit) deep in each other",
            path: entry.digest.description
        )
    }

    /// The entry of an index for a platform, which may be a further index.
    ///
    /// - Throws: ``ImageStoreError`` with code `noMatchingPlatform`.
    func choose(under entry: Descriptor, for platform: Platform?) throws -> Descriptor {
        let offered = try index(entry).manifests.filter { $0.mediaType.isIndex || $0.mediaType.isManifest }
        // Whoever wants no platform takes one that is here.
        let present = platform == nil ? offered.filter { contains($0.digest) } : offered
        let candidates = present.isEmpty ? offered : present
        let wanted = platform ?? .current
        let match =
            Self.nearest(candidates, to: wanted)
            ?? candidates.first { $0.platform == nil }
            ?? (platform == nil ? candidates.first : nil)
        guard let match else {
            let offered = candidates.compactMap { $0.platform?.description }.joined(separator: ", ")
            throw ImageStoreError(
                code: .noMatchingPlatform,
                message: "the image is not for \(wanted); it is for: \(offered)",
                path: entry.digest.description
            )
        }
        return match
    }
}
