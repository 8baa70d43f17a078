// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// A directory that is being made, locked for as long as its maker lives: repair removes only those without a lock.
struct Staging: ~Copyable {
    /// The directory.
    let path: FilePath
    private let lock: DirectoryLock

    /// Makes the directory `staging/ID`.
    static func create(_ id: VolumeID, layout: StoreLayout) throws(VolumeError) -> Staging {
        let path = layout.staged(id)
        try Directory.create(path, mode: 0o711)
        guard let lock = try DirectoryLock.attempt(path) else {
            throw VolumeError(.busy, "A new directory of the volume store was locked by somebody else.")
        }
        return Staging(path: path, lock: lock)
    }

    private init(path: FilePath, lock: consuming DirectoryLock) {
        self.path = path
        self.lock = lock
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
