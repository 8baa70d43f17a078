// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB

extension StoreOperations {
    /// Removes the volume and its data for good.
    func remove(_ name: String) throws(VolumeError) {
        try remove(try catalog.read { try VolumeRecord.require(name, $0) })
    }

    /// Removes unused volumes that pass the filter.
    ///
    /// One that somebody takes in the meantime stays.
    func prune(_ filter: VolumeFilter) throws(VolumeError) -> PruneReport {
        var filter = filter
        filter.isDangling = true
        var report = PruneReport()
        for volume in try list(filter) {
            guard let record = try catalog.read({ try VolumeRecord.withID(volume.id, $0) }) else { continue }
            let bytes = (try? TreeUsage.measure(layout.home(record.id)).bytes) ?? 0
            do {
                try remove(record)
            } catch  where [.inUse, .hasSnapshots, .notFound].contains(error.code) {
                continue
            }
            report.removed.append(volume)
            report.reclaimedBytes += bytes
        }
        return report
    }

    private func remove(_ record: VolumeRecord) throws(VolumeError) {
        try refuseLeased(record)
        do {
            try withLock(record) { () throws(VolumeError) in try retire(record) }
        } catch  where error.code == .dataMissing {
            // Nothing is left but the row.
            try catalog.write { database in
                try refuseUsed(record, database)
                try record.delete(database)
            }
        }
        // The volume is gone; what can't be deleted now is deleted by the next repair.
        try? TreeRemoval.remove(layout.trashed(record.id))
    }

    private func retire(_ record: VolumeRecord) throws(VolumeError) {
        let driver = try driver(record.driver)
        // A driver may have to ask another machine: not while everybody else waits for the database. Nobody can mount the
        // volume meanwhile, for that takes its lock.
        try catalog.write(surviving: .process) { try refuseUsed(record, $0) }
        try driver.detach(place(record))
        try driver.remove(place(record))
        try retire(record.id, from: .volumes) { database in
            guard try VolumeRecord.withID(record.id, database) != nil else {
                throw VolumeError(.notFound, "no such volume: \(record.name); it was removed meanwhile")
            }
            try refuseUsed(record, database)
            try record.delete(database)
        }
    }

    /// Deletes a row and moves its directory to the trash, both or neither.
    func retire(_ id: VolumeID, from shelf: Shelf, _ deleteRow: (Database) throws -> Void) throws(VolumeError) {
        do {
            try catalog.write { database in
                try deleteRow(database)
                // Before the commit: a crash in between leaves a row whose directory is in the trash, and it goes back.
                try Directory.move(layout.home(id, on: shelf), to: layout.trashed(id))
                try Directory.sync(layout.trash)
                try Directory.sync(layout.shelf(shelf))
            }
        } catch {
            if Directory.exists(layout.trashed(id)) { try? undoRetirement(id, shelf) }
            throw error
        }
    }

    /// The commit failed: if the row is still there, so must the directory be.
    private func undoRetirement(_ id: VolumeID, _ shelf: Shelf) throws(VolumeError) {
        try catalog.write { database in
            if try hasRow(id, on: shelf, database) { _ = try settle(id, on: shelf) }
        }
    }

    private func refuseUsed(_ record: VolumeRecord, _ database: Database) throws {
        try refuseLeased(record, database)
        let snapshots = try SnapshotRecord.of(volume: record.id, database)
        if snapshots.isEmpty { return }
        let names = snapshots.map(\.name).joined(separator: ", ")
        throw VolumeError(.hasSnapshots, "the volume '\(record.name)' has snapshots: \(names); remove them first")
    }

    /// Refuses a volume that somebody has mounted.
    func refuseLeased(_ record: VolumeRecord, _ database: Database) throws {
        try refuse(record, leasedBy: try reclaim(record.id, database))
    }

    /// Refuses early what would be refused in the end, without a wait for the volume's lock: a copy may have that for long.
    func refuseLeased(_ record: VolumeRecord) throws(VolumeError) {
        try refuse(record, leasedBy: try leases(of: record.id))
    }

    private func refuse(_ record: VolumeRecord, leasedBy leases: [VolumeLease]) throws(VolumeError) {
        if leases.isEmpty { return }
        let owners = Set(leases.map(\.owner.id)).sorted().joined(separator: ", ")
        throw VolumeError(.inUse, "the volume '\(record.name)' is in use by \(owners)")
    }
}
