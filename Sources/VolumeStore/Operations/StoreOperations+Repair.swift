// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB
import SystemPackage

extension StoreOperations {
    /// Completes what a crash interrupted.
    ///
    /// The row decides whether a volume exists; its directory follows.
    func repair() throws(VolumeError) -> RepairReport {
        var report = RepairReport()
        try reclaimAll(&report)
        let strays = try catalog.write { database in
            let records = try VolumeRecord.all(database)
            try bringBack(records, &report)
            return try findStrays(Set(records.map(\.id.rawValue)), &report)
        }
        for path in strays {
            try TreeRemoval.remove(path)
            report.discarded += 1
        }
        return report
    }

    /// Moves home what has a row, and notes what is nowhere.
    private func bringBack(_ records: [VolumeRecord], _ report: inout RepairReport) throws(VolumeError) {
        let home = Set(try Directory.entries(layout.volumes).map(\.text))
        for record in records where !home.contains(record.id.rawValue) {
            if try settle(record.id) {
                report.completed.append(record.name)
            } else {
                report.missing.append(record.name)
            }
        }
    }

    /// What has no row: to be deleted if it never became a volume or ceased to be one, an orphan otherwise.
    private func findStrays(_ known: Set<String>, _ report: inout RepairReport) throws(VolumeError) -> [FilePath] {
        let unknown = try Directory.entries(layout.volumes).map(\.text).filter { !known.contains($0) }.sorted()
        report.orphans = unknown.map { layout.volumes.appending($0) }
        var strays = try Directory.entries(layout.trash).map { layout.trash.appending($0.text) }
        for name in try Directory.entries(layout.staging) {
            let path = layout.staging.appending(name.text)
            // A lock means that its maker is alive and at work. Something that is no directory is nobody's.
            if Directory.exists(path), try DirectoryLock.attempt(path) == nil { continue }
            strays.append(path)
        }
        return strays
    }

    /// Removes the leases of dead owners and detaches what nobody uses any more.
    private func reclaimAll(_ report: inout RepairReport) throws(VolumeError) {
        let leases = try catalog.read { try LeaseRecord.all($0) }
        let dead = Set(leases.map(\.id)).subtracting(try living(leases).map(\.id))
        for volume in Set(leases.filter { dead.contains($0.id) }.map(\.volume)) {
            guard let record = try catalog.read({ try VolumeRecord.withID(volume, $0) }) else { continue }
            let before = leases.count { $0.volume == volume && dead.contains($0.id) }
            try reclaim(record)
            report.reclaimedLeases += before
        }
    }

    private func reclaim(_ record: VolumeRecord) throws(VolumeError) {
        guard Directory.exists(layout.volume(record.id)) else {
            _ = try catalog.write { try reclaim(record.id, $0) }
            return
        }
        try withLock(record) { () throws(VolumeError) in
            let others = try catalog.write { try reclaim(record.id, $0) }
            if others.isEmpty, let driver = drivers[record.driver] { try driver.detach(place(record)) }
        }
    }
}
