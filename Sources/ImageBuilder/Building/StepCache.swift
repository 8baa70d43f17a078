// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore

/// The results of steps, by key: in the store, and in the caches that the build was given.
struct StepCache: Sendable {
    /// Changed when the same steps would come out differently.
    private static let version = "nestbox 1"

    let store: ImageStore
    let isUsed: Bool
    let imports: [BuildCacheImport]
    /// Told what is wrong with a cache.
    let warn: @Sendable (String) -> Void

    /// The layer that a step made before, with the time of its making.
    func find(_ key: CacheKey) async throws -> BuildLayer? {
        guard isUsed else { return nil }
        if let kept = store.keptLayer(key.text), let created = kept.note["created"] {
            return BuildLayer(kept.layer, created: created, key: key)
        }
        for cache in imports {
            guard let record = cache.records[key.text], let created = record.note["created"] else { continue }
            do {
                try await cache.fetch(record.layer, into: store)
                try store.keep(record, as: key.text)
                return BuildLayer(record.layer, created: created, key: key)
            } catch let error as CancellationError {
                throw error
            } catch {
                // What can't be fetched is as good as nothing: the step is done.
                warn("a step's result can't be taken from a cache: \(error)")
                continue
            }
        }
        return nil
    }

    /// Keeps what a step has made.
    func keep(_ layer: BuildLayer) throws {
        guard let key = layer.key, let stored = layer.stored, let created = layer.created else { return }
        try store.keep(KeptLayer(layer: stored, note: ["created": created]), as: key.text)
    }

    /// A step's key.
    static func key(of step: CacheStep, after parent: CacheKey?) -> CacheKey {
        CacheKey(of: step, after: parent) { SHA256.hash(Array(version.utf8) + $0) }
    }
}

extension CacheKey {
    /// The key as a file's name.
    var text: String { Hexadecimal.text(bytes) }
}
