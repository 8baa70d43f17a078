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
            throw VolumeError(.unknownDriver, "There is no volume driver '\(name)'.")
        }
        return driver
    }

    /// The public form of a record.
    func volume(_ record: VolumeRecord) -> Volume {
        let place = place(record)
        return Volume(
            id: record.id,
            name: record.name,
            driver: record.driver,
            options: record.options,
            labels: record.labels,
            sharing: record.sharing,
            isAnonymous: record.isAnonymous,
            container: record.container,
            createdAt: record.createdAt,
            mountpoint: drivers[record.driver]?.dataDirectory(place) ?? place.directory
        )
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

    /// Runs `body` while no other operation on the same volume runs, in this or another process.
    ///
    /// - Throws: ``VolumeError`` with `dataMissing`, `notFound` or `busy`, and what `body` throws.
    func withLock<Value>(
        _ record: VolumeRecord,
        _ body: () throws(VolumeError) -> Value
    ) throws(VolumeError) -> Value {
        try lock(record).whileHeld(body)
    }

    private func lock(_ record: VolumeRecord) throws(VolumeError) -> DirectoryLock {
        while true {
            do {
                return try DirectoryLock.acquire(layout.home(record.id), timeout: volumeLockTimeout)
            } catch  where error.cause?.errno == .noSuchFileOrDirectory {
                // On its way in or out; its row says which.
                guard try settleIfKnown(record) else { throw dataMissing(record) }
            }
        }
    }

    private func settleIfKnown(_ record: VolumeRecord) throws(VolumeError) -> Bool {
        try catalog.write { database in
            guard try VolumeRecord.withID(record.id, database) != nil else {
                throw VolumeError(.notFound, "There is no volume '\(record.name)' any more.")
            }
            return try settle(record.id, on: .volumes)
        }
    }

    /// The error for a volume whose directory is nowhere.
    func dataMissing(_ record: VolumeRecord) -> VolumeError {
        VolumeError(
            .dataMissing,
            "The directory of volume '\(record.name)' is gone; it was not the store that removed it.",
            cause: .init(operation: "open", path: layout.home(record.id), errno: .noSuchFileOrDirectory)
        )
    }
}
