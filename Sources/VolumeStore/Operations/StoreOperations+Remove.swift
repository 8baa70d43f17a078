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
            let bytes = (try? TreeUsage.measure(layout.volume(record.id)).bytes) ?? 0
            do {
                try remove(record)
            } catch  where error.code == .inUse || error.code == .notFound {
                continue
            }
            report.removed.append(volume)
            report.reclaimedBytes += bytes
        }
        return report
    }

    private func remove(_ record: VolumeRecord) throws(VolumeError) {
        do {
            try withLock(record) { () throws(VolumeError) in try retire(record) }
        } catch  where error.code == .dataMissing {
            // Nothing is left but the row.
            try catalog.write { database in
                try refuseLeased(record, database)
                try record.delete(database)
            }
        }
        // The volume is gone; what can't be deleted now is deleted by the next repair.
        try? TreeRemoval.remove(layout.trashed(record.id))
    }

    /// Moves the directory to the trash and deletes the row, both or neither.
    private func retire(_ record: VolumeRecord) throws(VolumeError) {
        let driver = try driver(record.driver)
        do {
            try catalog.write { database in
                guard try VolumeRecord.withID(record.id, database) != nil else {
                    throw VolumeError(.notFound, "There is no volume '\(record.name)' any more.")
                }
                try refuseLeased(record, database)
                try driver.detach(place(record))
                try driver.remove(place(record))
                try Directory.move(layout.volume(record.id), to: layout.trashed(record.id))
                try Directory.sync(layout.trash)
                try Directory.sync(layout.volumes)
                try record.delete(database)
            }
        } catch {
            // The row is still there, so the directory goes back to it.
            _ = try? catalog.write { database in
                if try VolumeRecord.withID(record.id, database) != nil { _ = try settle(record.id) }
            }
            throw error
        }
    }

    private func refuseLeased(_ record: VolumeRecord, _ database: Database) throws {
        let leases = try reclaim(record.id, database)
        if leases.isEmpty { return }
        let owners = Set(leases.map(\.owner.id)).sorted().joined(separator: ", ")
        throw VolumeError(.inUse, "The volume '\(record.name)' is in use by \(owners).")
    }
}
