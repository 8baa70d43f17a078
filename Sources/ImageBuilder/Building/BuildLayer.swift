// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageStore
import Synchronization
import SystemPackage

/// A layer of a stage: one that the store has, or one that a step of this build has made.
final class BuildLayer: Sendable {
    /// When the step was done, as images write it; nil for a base image's layers.
    let created: String?
    /// The key under which the result is kept; nil for a base image's layers.
    let key: CacheKey?
    /// Where the files are, as the upper directory of an overlay; nil for a layer of the store.
    let upper: FilePath?

    private let archived: Mutex<StoredLayer?>

    /// A layer that the store has.
    init(_ layer: StoredLayer, created: String? = nil, key: CacheKey? = nil) {
        self.created = created
        self.key = key
        upper = nil
        archived = Mutex(layer)
    }

    /// A layer that was just made, and is to become an archive.
    init(upper: FilePath, created: String, key: CacheKey) {
        self.created = created
        self.key = key
        self.upper = upper
        archived = Mutex(nil)
    }

    /// The layer as the store has it, once the archive is made.
    var stored: StoredLayer? { archived.withLock { $0 } }

    /// Says that the archive is made.
    func finish(_ layer: StoredLayer) {
        archived.withLock { $0 = layer }
    }
}
