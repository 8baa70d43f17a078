// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB
import SystemPackage

/// Everything a store does, as plain blocking calls.
///
/// ``VolumeStore`` runs them on threads that may block.
struct StoreOperations: Sendable {
    let layout: StoreLayout
    let catalog: Catalog
    let drivers: [String: any VolumeDriver]
    let volumeLockTimeout: Duration
    let abandoned = AbandonedLeases()

    /// The driver of that name.
    func driver(_ name: String) throws(VolumeError) -> any VolumeDriver {
        guard let driver = drivers[name] else {
            throw VolumeError(.unknownDriver, "no such volume driver: \(name)")
        }
        return driver
    }

    /// The public form of a record.
    func volume(_ record: VolumeRecord) -> Volume {
        Volume(
            id: record.id,
            name: record.name,
            driver: record.driver,
            options: record.options,
            labels: record.labels,
            sharing: record.sharing,
            isAnonymous: record.isAnonymous,
            container: record.container,
            createdAt: record.createdAt,
            location: location(record)
        )
    }

    private func location(_ record: VolumeRecord) -> VolumeLocation {
        // A local volume without options is always a directory of the store; see LocalBacking.
        if record.options.isEmpty, record.driver == LocalDriver.standardName { return .shelf(layout.shelf(.volumes)) }
        let place = place(record)
        return .path(drivers[record.driver]?.dataDirectory(place) ?? place.directory)
    }

    /// Where a volume lives when nothing is under way.
    func place(_ record: VolumeRecord) -> VolumePlace {
        VolumePlace(id: record.id, directory: layout.home(record.id), options: record.options)
    }

    /// Puts the directory of a volume or snapshot where it belongs, if a crash left it on the way.
    ///
    /// Must run in a write transaction, so that it can't meet a removal half-way.
    ///
    /// - Returns: Whether the directory is there now.
    func settle(_ id: VolumeID, on shelf: Shelf) throws(VolumeError) -> Bool {
        let home = layout.home(id, on: shelf)
        if Directory.exists(home) { return true }
        for place in [layout.staged(id), layout.trashed(id)] where Directory.exists(place) {
            do {
                try Directory.move(place, to: home)
            } catch {
                // Its maker, who needs no transaction for it, may have moved it just now.
                guard Directory.exists(home) else { throw error }
            }
            try Directory.sync(layout.shelf(shelf))
            return true
        }
        return false
    }

    /// Whether a volume or snapshot exists.
    func hasRow(_ id: VolumeID, on shelf: Shelf, _ database: Database) throws -> Bool {
        switch shelf {
        case .volumes: try VolumeRecord.withID(id, database) != nil
        case .snapshots: try SnapshotRecord.withID(id, database) != nil
        }
    }

    /// As ``settle(_:on:)``; a volume that was never used is made again if a power cut took its directory.
    func settle(_ record: VolumeRecord) throws(VolumeError) -> Bool {
        if try settle(record.id, on: .volumes) { return true }
        guard record.isFresh, let driver = drivers[record.driver] else { return false }
        let path = layout.staged(record.id)
        try Staging.make(path)
        try driver.create(VolumePlace(id: record.id, directory: path, options: record.options))
        return try settle(record.id, on: .volumes)
    }

    /// Puts the directory of a volume that was never used on the disk, before it gets something to lose.
    ///
    /// The caller holds the volume's lock, and then records ``VolumeRecord/setUsed(_:_:)``.
    func secure(_ record: VolumeRecord) throws(VolumeError) {
        guard record.isFresh else { return }
        do throws(VolumeError) {
            try Directory.sync(layout.home(record.id))
            try Directory.sync(layout.shelf(.volumes))
        } catch  where error.cause?.errno == .noSuchFileOrDirectory {
            // The lock was waited for, and who had it has removed the volume.
            guard try catalog.read({ try VolumeRecord.withID(record.id, $0) }) == nil else { throw error }
            throw VolumeError(.notFound, "no such volume: \(record.name); it was removed meanwhile")
        }
    }

    /// Runs `body` while no other operation on the same volume runs, in this or another process.
    ///
    /// - Throws: ``VolumeError`` with `dataMissing`, `notFound` or `busy`, and what `body` throws.
    func withLock<Value>(
        _ record: VolumeRecord,
        _ body: () throws(VolumeError) -> Value
    ) throws(VolumeError) -> Value {
        try lock(record).whileHeld(body)
    }

    /// Keeps others from beginning and ending to use a volume until the lock is let go.
    ///
    /// Any number may have it so at a time.
    func keep(_ volume: VolumeID) throws(VolumeError) -> KeptLock {
        let record = try catalog.read { try VolumeRecord.withID(volume, $0) }
        guard let record else { throw VolumeError(.notFound, "no such volume: \(volume); it was removed meanwhile") }
        return KeptLock(try lock(record, .shared))
    }

    private func lock(
        _ record: VolumeRecord,
        _ mode: DirectoryLock.Mode = .exclusive
    ) throws(VolumeError) -> DirectoryLock {
        while true {
            do {
                return try DirectoryLock.acquire(layout.home(record.id), mode, timeout: volumeLockTimeout)
            } catch  where error.cause?.errno == .noSuchFileOrDirectory {
                // On its way in or out; its row says which.
                guard try settleIfKnown(record) else { throw dataMissing(record) }
            }
        }
    }

    private func settleIfKnown(_ record: VolumeRecord) throws(VolumeError) -> Bool {
        try catalog.write { database in
            guard let current = try VolumeRecord.withID(record.id, database) else {
                throw VolumeError(.notFound, "no such volume: \(record.name); it was removed meanwhile")
            }
            return try settle(current)
        }
    }

    /// The error for a volume whose directory is nowhere.
    func dataMissing(_ record: VolumeRecord) -> VolumeError {
        VolumeError(
            .dataMissing,
            "the directory of volume '\(record.name)' is gone; it was not the store that removed it",
            cause: .init(operation: "open", path: layout.home(record.id), errno: .noSuchFileOrDirectory)
        )
    }
}
