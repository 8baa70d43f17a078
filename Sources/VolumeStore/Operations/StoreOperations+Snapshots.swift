// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB
import SystemPackage

extension StoreOperations {
    /// Refuses what can be refused before a writer is paused.
    func checkSnapshot(_ name: String, of volume: VolumeID) throws(VolumeError) {
        try VolumeName.validate(name)
        try catalog.read { try refuseTaken(name, of: volume, $0) }
    }

    /// Copies a tree into a new directory in staging, onto the disk.
    func stageCopy(of source: FilePath) throws(VolumeError) -> Staging {
        let origin = subvolume(of: source)
        let staged = try Staging(.random(), copying: origin, layout: layout)
        if origin != nil { return staged }
        do {
            let target = staged.path.appending(VolumePlace.dataName)
            try Directory.create(target, mode: 0o700)
            try copyTree(from: source, to: target)
            return staged
        } catch {
            staged.discard()
            throw error
        }
    }

    /// Makes a staged copy a snapshot.
    func publishSnapshot(_ staged: Staging, _ name: String, of volume: VolumeID) throws(VolumeError) -> Snapshot {
        let snapshot = Snapshot(id: staged.id, volume: volume, name: name, createdAt: .now())
        try publish(staged, on: .snapshots) { database in
            try refuseTaken(name, of: volume, database)
            try SnapshotRecord.insert(snapshot, database)
            return true
        }
        return snapshot
    }

    /// The snapshots of a volume, oldest first.
    func snapshots(of name: String) throws(VolumeError) -> [Snapshot] {
        try catalog.read { try SnapshotRecord.of(volume: try VolumeRecord.require(name, $0).id, $0) }
    }

    /// Removes a snapshot for good.
    func removeSnapshot(_ name: String, of volume: String) throws(VolumeError) {
        let snapshot = try catalog.read { try require(name, of: try VolumeRecord.require(volume, $0), $0) }
        do {
            try withLock(snapshot) { () throws(VolumeError) in
                try retire(snapshot.id, from: .snapshots) { database in
                    guard try SnapshotRecord.withID(snapshot.id, database) != nil else {
                        throw VolumeError(.notFound, "no such snapshot: \(name); it was removed meanwhile")
                    }
                    try SnapshotRecord.delete(snapshot.id, database)
                }
            }
        } catch  where error.code == .dataMissing {
            try catalog.write { try SnapshotRecord.delete(snapshot.id, $0) }
        }
        try? TreeRemoval.remove(layout.trashed(snapshot.id))
    }

    /// Makes the volume's content what it was at the snapshot, whole or not at all.
    func restore(_ name: String, from snapshotName: String) throws(VolumeError) {
        let (record, snapshot) = try catalog.read { database in
            let record = try VolumeRecord.require(name, database)
            return (record, try require(snapshotName, of: record, database))
        }
        try replaceContent(of: record) { target throws(VolumeError) in
            try withLock(snapshot) { () throws(VolumeError) in
                try copyTree(from: snapshotData(snapshot), to: target)
            }
        }
    }

    /// Where a snapshot's content is.
    func snapshotData(_ snapshot: Snapshot) -> FilePath {
        layout.home(snapshot.id, on: .snapshots).appending(VolumePlace.dataName)
    }

    /// The subvolume of btrfs that holds this data directory and can be copied in one step, if it does.
    func subvolume(of data: FilePath) -> FilePath? {
        let home = data.removingLastComponent()
        guard data.lastComponent?.string == VolumePlace.dataName,
            Shelf.allCases.map(layout.shelf).contains(home.removingLastComponent()),
            Subvolume.isTop(home)
        else {
            return nil
        }
        return home
    }

    /// Runs `body` while nobody can remove the snapshot.
    func withLock<Value>(
        _ snapshot: Snapshot,
        _ body: () throws(VolumeError) -> Value
    ) throws(VolumeError) -> Value {
        while true {
            let lock: DirectoryLock
            do {
                lock = try DirectoryLock.acquire(
                    layout.home(snapshot.id, on: .snapshots),
                    timeout: volumeLockTimeout
                )
            } catch  where error.cause?.errno == .noSuchFileOrDirectory {
                guard try settleIfKnown(snapshot) else { throw dataMissing(snapshot) }
                continue
            }
            return try lock.whileHeld(body)
        }
    }

    private func settleIfKnown(_ snapshot: Snapshot) throws(VolumeError) -> Bool {
        try catalog.write { database in
            guard try SnapshotRecord.withID(snapshot.id, database) != nil else {
                throw VolumeError(.notFound, "no such snapshot: \(snapshot.name); it was removed meanwhile")
            }
            return try settle(snapshot.id, on: .snapshots)
        }
    }

    private func dataMissing(_ snapshot: Snapshot) -> VolumeError {
        VolumeError(
            .dataMissing,
            "the directory of snapshot '\(snapshot.name)' is gone; it was not the store that removed it",
            cause: .init(
                operation: "open",
                path: layout.home(snapshot.id, on: .snapshots),
                errno: .noSuchFileOrDirectory
            )
        )
    }

    /// The snapshot of that name.
    ///
    /// - Throws: ``VolumeError`` with `notFound`.
    func require(_ name: String, of record: VolumeRecord, _ database: Database) throws -> Snapshot {
        guard let snapshot = try SnapshotRecord.named(name, of: record.id, database) else {
            throw VolumeError(.notFound, "no such snapshot: \(name), of the volume '\(record.name)'")
        }
        return snapshot
    }

    /// Copies a tree onto the disk.
    func copyTree(from source: FilePath, to target: FilePath) throws(VolumeError) {
        let from = try Directory.open(source)
        defer { try? from.close() }
        let to = try Directory.open(target)
        defer { try? to.close() }
        try TreeCopy.copyContents(from: from, to: to, path: target)
        try TreeCopy.sync(to, path: target)
    }

    private func refuseTaken(_ name: String, of volume: VolumeID, _ database: Database) throws {
        guard try SnapshotRecord.named(name, of: volume, database) == nil else {
            throw VolumeError(.alreadyExists, "the volume has a snapshot '\(name)' already")
        }
    }
}
