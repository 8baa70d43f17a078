// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import SystemPackage

/// What a cache has, read once for a build.
struct BuildCacheImport: Sendable {
    let source: any BuildCacheSource
    let records: [String: KeptLayer]

    /// Reads what the cache has; one that can't be read has nothing.
    init(_ source: any BuildCacheSource) async throws {
        self.source = source
        do {
            records = try await source.records().reduce(into: [:]) { records, record in
                records[record.key] = KeptLayer(
                    layer: StoredLayer(descriptor: record.layer, diffID: record.diffID),
                    note: ["created": record.created]
                )
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            records = [:]
        }
    }

    /// Takes a layer's blob into the store, verified.
    func fetch(_ layer: Descriptor, into store: ImageStore) async throws {
        let session = try await store.beginIngest()
        if session.contains(layer.digest) { return }
        let file = try session.makeDirectory().appending("blob")
        try await source.fetch(layer, to: file)
        try await session.add(blobAt: file, expecting: layer)
        try session.commit {}
    }
}
