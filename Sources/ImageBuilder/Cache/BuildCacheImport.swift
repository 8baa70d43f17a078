// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import SystemPackage

/// What a cache has, read once for a build.
struct BuildCacheImport: Sendable {
    let source: any BuildCacheSource
    let records: [String: KeptLayer]

    /// Reads what the cache has.
    init(_ source: any BuildCacheSource) async throws {
        self.source = source
        records = try await source.records().reduce(into: [:]) { records, record in
            records[record.key] = KeptLayer(
                layer: StoredLayer(descriptor: record.layer, diffID: record.diffID),
                note: ["created": record.created]
            )
        }
    }

    /// Takes a layer into the store, if it is in every respect what the cache says; it is unpacked to know that.
    func fetch(_ layer: StoredLayer, into store: ImageStore) async throws {
        let session = try await store.beginIngest()
        if !session.contains(layer.descriptor.digest) {
            let file = try session.makeDirectory().appending("blob")
            try await source.fetch(layer.descriptor, to: file)
            try await session.add(blobAt: file, expecting: layer.descriptor)
        }
        try await session.receiveLayer(layer.descriptor, diffID: layer.diffID) { _ in }
        try session.commit {}
    }
}
