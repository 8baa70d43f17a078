// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB

extension StoreOperations {
    /// The volume of that name.
    func get(_ name: String) throws(VolumeError) -> Volume {
        volume(try catalog.read { try VolumeRecord.require(name, $0) })
    }

    /// The volumes that pass the filter, by name.
    func list(_ filter: VolumeFilter) throws(VolumeError) -> [Volume] {
        let needsLeases = filter.isDangling != nil
        let (volumes, leases) = try catalog.read { database in
            var volumes: [Volume] = []
            try VolumeRecord.forEach(database) { volumes.append(volume($0)) }
            return (volumes, needsLeases ? try LeaseRecord.all(database) : [])
        }
        if filter == VolumeFilter() { return volumes }
        let leased = Set(try living(leases).map(\.volume))
        return volumes.filter { filter.matches($0, isLeased: leased.contains($0.id)) }
    }

    /// The volume with its leases.
    func inspect(_ name: String) throws(VolumeError) -> VolumeDetails {
        let (record, leases) = try catalog.read { database in
            let record = try VolumeRecord.require(name, database)
            return (record, try LeaseRecord.of(volume: record.id, database))
        }
        let isPresent = [layout.home(record.id), layout.staged(record.id)].contains(where: Directory.exists)
        return VolumeDetails(volume: volume(record), leases: try living(leases), isDataPresent: isPresent)
    }

    /// Who has the volume.
    func leases(of id: VolumeID) throws(VolumeError) -> [VolumeLease] {
        try living(try catalog.read { try LeaseRecord.of(volume: id, $0) })
    }

    /// The leases whose owners live.
    func living(_ leases: [VolumeLease]) throws(VolumeError) -> [VolumeLease] {
        if leases.isEmpty { return [] }
        let judge = try OwnerJudge()
        return leases.filter { !judge.isDead($0.owner) && !abandoned.contains($0.id) }
    }
}
