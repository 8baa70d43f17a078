// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import Synchronization
import SystemPackage

/// Where the files of layers are; those of the store are made ready when a step first needs them, and held for the
/// build's time.
final class LayerDirectories: Sendable {
    private let store: ImageStore
    /// A directory without anything in it.
    let empty: FilePath
    private let ready = Mutex<[Digest: (path: FilePath, hold: PreparedRootfs)]>([:])

    init(store: ImageStore, empty: FilePath) {
        self.store = store
        self.empty = empty
    }

    /// The directories of layers, lowest first, each once.
    func paths(of layers: [BuildLayer]) async throws -> [FilePath] {
        let known = ready.withLock { $0.mapValues(\.path) }
        var missing: [StoredLayer] = []
        for layer in layers where layer.upper == nil {
            guard let stored = layer.stored, known[stored.diffID] == nil else { continue }
            if !missing.contains(where: { $0.diffID == stored.diffID }) { missing.append(stored) }
        }
        if !missing.isEmpty {
            let prepared = try await store.prepareRootfs(of: missing)
            ready.withLock { ready in
                for (layer, path) in zip(missing, prepared.layers.reversed()) { ready[layer.diffID] = (path, prepared) }
            }
        }
        let paths = ready.withLock { ready in
            layers.compactMap { layer in layer.upper ?? layer.stored.flatMap { ready[$0.diffID]?.path } }
        }
        return LayerStack.distinct(paths)
    }

    /// The files of layers as a container would see them, read-only.
    func view(of layers: [BuildLayer]) async throws -> TreeRoot {
        let paths = try await paths(of: layers)
        return try TreeRoot.layers(paths, empty: empty)
    }
}
