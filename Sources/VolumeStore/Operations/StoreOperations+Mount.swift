// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB
import SystemPackage

extension StoreOperations {
    /// Takes a lease and makes the data reachable.
    func mount(
        _ name: String,
        owner: LeaseOwner,
        access: VolumeAccess,
        content: FileDescriptor?
    ) throws(VolumeError) -> VolumeMount {
        sweepAbandoned()
        let found = try catalog.read { try VolumeRecord.require(name, $0) }
        let driver = try driver(found.driver)
        return try withLock(found) { () throws(VolumeError) in
            try secure(found)
            let (record, lease) = try takeLease(found, owner, access)
            do throws(VolumeError) {
                try driver.attach(place(record))
                try copyUp(content, into: record, driver)
            } catch {
                if (try? drop(lease, driver)) == nil { abandoned.insert(lease.id) }
                throw error
            }
            return VolumeMount(volume: volume(record), lease: lease, source: driver.dataDirectory(place(record)))
        }
    }

    private func takeLease(
        _ found: VolumeRecord,
        _ owner: LeaseOwner,
        _ access: VolumeAccess
    ) throws(VolumeError) -> (VolumeRecord, VolumeLease) {
        // No lease counts after a reboot, so it needs no write to the disk, but the first use of a volume does.
        try catalog.write(surviving: found.isFresh ? .powerCut : .process) { database in
            guard let record = try VolumeRecord.withID(found.id, database) else {
                throw VolumeError(.notFound, "no such volume: \(found.name); it was removed meanwhile")
            }
            if record.isFresh { try VolumeRecord.setUsed(record.id, database) }
            return (record, try lease(record, to: owner, access, database))
        }
    }

    /// Gives a lease back.
    ///
    /// One that is gone already is no error.
    func release(_ id: VolumeLease.ID) throws(VolumeError) {
        sweepAbandoned()
        do {
            try deleteLease(id)
        } catch {
            abandoned.insert(id)
            throw error
        }
    }

    /// Tries again what failed before.
    private func sweepAbandoned() {
        for id in abandoned.all where (try? deleteLease(id)) != nil { abandoned.remove(id) }
    }

    private func deleteLease(_ id: VolumeLease.ID) throws(VolumeError) {
        let found = try catalog.read { database -> (VolumeLease, VolumeRecord, Bool)? in
            guard let lease = try LeaseRecord.withID(id, database) else { return nil }
            guard let record = try VolumeRecord.withID(lease.volume, database) else { return nil }
            return (lease, record, try LeaseRecord.of(volume: lease.volume, database).count > 1)
        }
        guard let (lease, record, mayHaveOthers) = found else { return }
        if mayHaveOthers, try deleteOneOfSeveral(lease) { return }
        guard Directory.exists(layout.home(record.id)) else {
            // With the directory gone there is nothing to detach, and nothing to lock.
            return try catalog.write(surviving: .process) { try LeaseRecord.delete(id, $0) }
        }
        let driver = try driver(record.driver)
        try withLock(record) { () throws(VolumeError) in try drop(lease, driver) }
    }

    /// Deletes the lease if somebody else has the volume, too, so that nothing is detached.
    ///
    /// That needs no lock of the volume, and so nobody has to wait with the end of their use for a copy.
    private func deleteOneOfSeveral(_ lease: VolumeLease) throws(VolumeError) -> Bool {
        try catalog.write(surviving: .process) { database in
            guard try reclaim(lease.volume, database).contains(where: { $0.id != lease.id }) else { return false }
            try LeaseRecord.delete(lease.id, database)
            return true
        }
    }

    /// Gives back every lease of an owner.
    func releaseAll(owner: String) throws(VolumeError) {
        sweepAbandoned()
        for lease in try catalog.read({ try LeaseRecord.of(owner: owner, $0) }) {
            try release(lease.id)
        }
    }

    /// Lets another process keep a lease alive.
    func transfer(_ id: VolumeLease.ID, to owner: LeaseOwner) throws(VolumeError) -> VolumeLease {
        try catalog.write(surviving: .process) { database in
            guard let old = try LeaseRecord.withID(id, database) else {
                throw VolumeError(.notFound, "there is no lease '\(id)'")
            }
            let new = VolumeLease(
                id: old.id,
                volume: old.volume,
                owner: owner,
                access: old.access,
                acquiredAt: old.acquiredAt
            )
            try LeaseRecord.delete(id, database)
            try LeaseRecord.insert(new, database)
            return new
        }
    }

    /// Inserts a lease if the volume's sharing allows it.
    ///
    /// Leases of the dead are removed on the way.
    private func lease(
        _ record: VolumeRecord,
        to owner: LeaseOwner,
        _ access: VolumeAccess,
        _ database: Database
    ) throws -> VolumeLease {
        let others = try reclaim(record.id, database)
        if access != .readOnly, record.sharing != .shared, let writer = others.first(where: { $0.access != .readOnly })
        {
            throw VolumeError(
                .inUse,
                "the volume '\(record.name)' has a single writer, and '\(writer.owner.id)' is it"
            )
        }
        let lease = VolumeLease(
            id: .init(rawValue: HexadecimalName.random(digits: 32)),
            volume: record.id,
            owner: owner,
            access: access,
            acquiredAt: .now()
        )
        try LeaseRecord.insert(lease, database)
        return lease
    }

    /// Removes the leases of dead owners.
    ///
    /// - Returns: The others.
    func reclaim(_ id: VolumeID, _ database: Database) throws -> [VolumeLease] {
        let leases = try LeaseRecord.of(volume: id, database)
        if leases.isEmpty { return [] }
        let judge = try OwnerJudge()
        var living: [VolumeLease] = []
        for lease in leases {
            if judge.isDead(lease.owner) || abandoned.contains(lease.id) {
                try LeaseRecord.delete(lease.id, database)
            } else {
                living.append(lease)
            }
        }
        return living
    }

    /// Deletes the lease and, if it was the last, detaches the volume.
    ///
    /// The caller holds the volume's lock.
    private func drop(_ lease: VolumeLease, _ driver: any VolumeDriver) throws(VolumeError) {
        let (record, others) = try catalog.write(surviving: .process) { database in
            try LeaseRecord.delete(lease.id, database)
            return (try VolumeRecord.withID(lease.volume, database), try reclaim(lease.volume, database))
        }
        if let record, others.isEmpty { try driver.detach(place(record)) }
    }
}
