// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore

/// How a cache is kept, in a directory and in a registry alike: as an OCI manifest whose layers are the steps' layers, and
/// whose configuration is the list of what they are the results of.
///
/// So a registry takes it for an image of a kind that it does not know, keeps its layers as long as the manifest, and
/// shares them with images.
struct BuildCacheDocument: Sendable {
    /// The list's type, and with it the manifest's kind.
    static let mediaType = MediaType(rawValue: "application/vnd.nestbox.build-cache.v1+json")
    /// The most bytes of a list, some hundred thousand records.
    static let maxSize = 64 << 20

    /// The list.
    private struct List: Codable {
        var records: [Record]
    }

    /// What a step came to; the layer is described in the manifest.
    private struct Record: Codable {
        var key: String
        var layer: Digest
        var diffID: Digest
        var created: String
    }

    let manifest: Manifest
    let list: [UInt8]

    /// Makes the documents; the same results always give the same.
    init(_ records: [BuildCacheRecord]) throws {
        let records = records.sorted { $0.key < $1.key }
        list = try JSONDocument.encode(
            List(
                records: records.map {
                    Record(key: $0.key, layer: $0.layer.digest, diffID: $0.diffID, created: $0.created)
                }
            )
        )
        var seen: Set<Digest> = []
        let layers = records.map(\.layer).filter { seen.insert($0.digest).inserted }
        let config = Descriptor(mediaType: Self.mediaType, digest: Digest(of: list), size: Int64(list.count))
        var manifest = Manifest(config: config, layers: layers)
        manifest.artifactType = Self.mediaType.rawValue
        self.manifest = manifest
    }

    /// Refuses a manifest that is no cache's.
    static func check(_ manifest: Manifest, of name: String) throws(ImageBuilderError) {
        guard manifest.config.mediaType == mediaType else {
            throw ImageBuilderError(.cache, "\(name) is no build cache: it holds '\(manifest.config.mediaType)'")
        }
        guard manifest.config.size <= maxSize else {
            throw ImageBuilderError(.cache, "the list of the cache \(name) has more than \(maxSize) bytes")
        }
    }

    /// Reads a list.
    ///
    /// A record whose layer is not in the manifest is left out: nothing keeps that layer.
    static func records(_ list: [UInt8], in manifest: Manifest) throws -> [BuildCacheRecord] {
        let layers = manifest.layers.reduce(into: [:]) { $0[$1.digest] = $1 }
        return try JSONDocument.decode(List.self, from: list, what: "the list of a build cache").records.compactMap {
            guard let layer = layers[$0.layer] else { return nil }
            return BuildCacheRecord(key: $0.key, layer: layer, diffID: $0.diffID, created: $0.created)
        }
    }
}
