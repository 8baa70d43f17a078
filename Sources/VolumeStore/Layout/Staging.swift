// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// A directory that is being made, locked for as long as its maker lives: repair removes only those without a lock.
final class Staging: Sendable {
    /// The identity of what it will be.
    let id: VolumeID
    /// The directory.
    let path: FilePath
    private let lock: DirectoryLock

    /// Makes the directory `staging/ID`.
    init(_ id: VolumeID, layout: StoreLayout) throws(VolumeError) {
        self.id = id
        path = layout.staged(id)
        // Held together with the makers of others, but never while a repair looks for directories without a lock.
        let gate = try DirectoryLock.acquire(layout.staging, .shared, timeout: .seconds(60))
        let path = path
        lock = try gate.whileHeld { () throws(VolumeError) -> DirectoryLock in
            try Directory.create(path, mode: 0o711)
            return try DirectoryLock.acquire(path, timeout: .zero)
        }
    }

    /// Writes the directory's entries to the disk.
    func sync() throws(VolumeError) {
        try Directory.sync(path)
    }

    /// Removes the directory.
    ///
    /// What can't be removed now is removed by the next repair.
    func discard() {
        try? TreeRemoval.remove(path)
    }
}
