// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB
import SystemPackage

extension StoreOperations {
    /// Makes a new volume, in staging, with the content of `source`; see ``publishClone(_:_:)``.
    func stageClone(
        of record: VolumeRecord,
        named name: String,
        from source: FilePath
    ) throws(VolumeError) -> StagedClone {
        let driver = try driver(record.driver)
        var clone = record
        clone.id = .random()
        clone.name = name
        clone.isAnonymous = false
        clone.container = nil
        clone.createdAt = .now()
        clone.copyUp = .done
        clone.isFresh = false
        let origin = subvolume(of: source)
        let staged = try Staging(clone.id, copying: origin, layout: layout)
        let place = VolumePlace(id: clone.id, directory: staged.path, options: clone.options)
        do {
            try driver.create(place)
            try driver.attach(place)
            defer { try? driver.detach(place) }
            if origin == nil { try copyTree(from: source, to: driver.dataDirectory(place)) }
        } catch {
            staged.discard()
            throw error
        }
        return StagedClone(staging: staged, record: clone)
    }

    /// Makes a staged clone a volume.
    func publishClone(_ clone: StagedClone) throws(VolumeError) -> Volume {
        try publish(clone.staging, on: .volumes) { database in
            try refuseTaken(clone.record.name, database)
            try clone.record.insert(database)
            return true
        }
        return volume(clone.record)
    }

    /// Makes a new volume of a snapshot.
    func clone(_ name: String, snapshot snapshotName: String, to newName: String) throws(VolumeError) -> Volume {
        let record = try checkClone(of: name, to: newName)
        let snapshot = try catalog.read { try require(snapshotName, of: record, $0) }
        return try withLock(snapshot) { () throws(VolumeError) in
            try publishClone(try stageClone(of: record, named: newName, from: snapshotData(snapshot)))
        }
    }

    /// Refuses what can be refused before anything is copied.
    func checkClone(of name: String, to newName: String) throws(VolumeError) -> VolumeRecord {
        try VolumeName.validate(newName)
        let record = try catalog.read { database in
            try refuseTaken(newName, database)
            return try VolumeRecord.require(name, database)
        }
        let driver = try driver(record.driver)
        guard driver.scratchDirectory(place(record)) != nil, !driver.isEphemeral(place(record)) else {
            throw contentElsewhere(record)
        }
        return record
    }

    private func refuseTaken(_ name: String, _ database: Database) throws {
        guard try VolumeRecord.named(name, database) == nil else {
            throw VolumeError(.alreadyExists, "there is a volume '\(name)' already")
        }
    }
}

/// A clone that has its content but no row yet.
struct StagedClone: Sendable {
    let staging: Staging
    let record: VolumeRecord
}
