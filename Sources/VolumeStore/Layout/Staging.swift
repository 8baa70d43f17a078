// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage

/// A directory that is being made, locked for as long as its maker lives: repair removes only those without a lock.
final class Staging: Sendable {
    /// The identity of what it will be.
    let id: VolumeID
    /// The directory.
    let path: FilePath
    private let parent: FilePath
    private let lock: DirectoryLock

    /// Makes the directory `staging/ID`.
    ///
    /// - Parameters:
    ///   - id: The identity of what it will be.
    ///   - origin: A subvolume of which it shall be a copy, with its directory for data alone.
    ///   - layout: The store's.
    /// - Throws: ``VolumeError``; nothing is left then.
    init(_ id: VolumeID, copying origin: FilePath? = nil, layout: StoreLayout) throws(VolumeError) {
        self.id = id
        path = layout.staged(id)
        parent = layout.staging
        // Held together with the makers of others, but never while a repair looks for directories without a lock.
        let gate = try DirectoryLock.acquire(layout.staging, .shared, timeout: .seconds(60))
        let path = path
        lock = try gate.whileHeld { () throws(VolumeError) -> DirectoryLock in
            if let origin { try Subvolume.copy(origin, to: path) } else { try Self.make(path) }
            return try DirectoryLock.acquire(path, timeout: .zero)
        }
        guard origin != nil else { return }
        do throws(VolumeError) {
            for name in try Directory.entries(path) where name.text != VolumePlace.dataName {
                try TreeRemoval.remove(path.appending(name.text))
            }
        } catch {
            discard()
            throw error
        }
    }

    /// Makes a directory for a volume or snapshot: a subvolume where the filesystem has such.
    static func make(_ path: FilePath) throws(VolumeError) {
        guard try !Subvolume.create(path, mode: 0o711) else { return }
        try Directory.create(path, mode: 0o711)
    }

    /// Writes the directory's entries, and its own, to the disk.
    func sync() throws(VolumeError) {
        try Directory.sync(path)
        try Directory.sync(parent)
    }

    /// Removes the directory.
    ///
    /// What can't be removed now is removed by the next repair.
    func discard() {
        try? TreeRemoval.remove(path)
    }
}
