// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The content that the images of an index use.
struct UsedContent {
    private(set) var blobs: Set<Digest> = []
    private(set) var layers: Set<Digest> = []
    private let content: StoredContent

    /// Follows every entry of the index.
    ///
    /// - Throws: ``ImageStoreError`` if a document is there but can't be read: then nobody knows what is used.
    init(by index: Index, in content: StoredContent) throws {
        self.content = content
        for entry in index.manifests { try add(entry, depth: 0) }
    }

    /// Counts a layer that no image has to name.
    mutating func add(_ layer: StoredLayer) {
        blobs.insert(layer.descriptor.digest)
        layers.insert(layer.diffID)
    }

    private mutating func add(_ entry: Descriptor, depth: Int) throws {
        guard blobs.insert(entry.digest).inserted, depth <= StoredContent.depthLimit else { return }
        do {
            if entry.mediaType.isIndex {
                for child in try content.index(entry).manifests { try add(child, depth: depth + 1) }
            } else if entry.mediaType.isManifest {
                try addImage(entry)
            }
        } catch let error as ImageStoreError where error.code == .contentNotFound {
            // A manifest for another platform that was never fetched uses nothing.
        }
    }

    private mutating func addImage(_ descriptor: Descriptor) throws {
        let manifest = try content.manifest(descriptor)
        blobs.insert(manifest.config.digest)
        blobs.formUnion(manifest.layers.map(\.digest))
        do {
            layers.formUnion(try content.configuration(of: manifest).rootfs.diffIDs)
        } catch let error as ImageStoreError where error.code == .invalidContent {
            // An artifact that is no image: its blobs count, and it has no layers to unpack.
        }
    }
}
