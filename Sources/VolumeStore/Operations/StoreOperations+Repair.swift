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
        // No directory can come into being while we look for those without a maker.
        let gate = try DirectoryLock.acquire(layout.staging, timeout: .seconds(60))
        try gate.whileHeld { () throws(VolumeError) in
            try catalog.write { database in
                let volumes = try VolumeRecord.all(database)
                let snapshots = try SnapshotRecord.all(database)
                try bringBack(volumes.map { ($0.id, $0.name) }, .volumes, &report) { index throws(VolumeError) in
                    try settle(volumes[index])
                }
                try bringBack(snapshots.map { ($0.id, $0.name) }, .snapshots, &report) { index throws(VolumeError) in
                    try settle(snapshots[index].id, on: .snapshots)
                }
            }
            try discardUnfinished()
        }
        for name in try Directory.entries(layout.trash) {
            try TreeRemoval.remove(layout.trash.appending(name.text))
            report.discarded += 1
        }
        return report
    }

    /// Moves home what has a row, notes what is nowhere, and what is there without a row.
    private func bringBack(
        _ rows: [(id: VolumeID, name: String)],
        _ shelf: Shelf,
        _ report: inout RepairReport,
        _ settle: (Int) throws(VolumeError) -> Bool
    ) throws(VolumeError) {
        var home = Set(try Directory.entries(layout.shelf(shelf)).map(\.text))
        for (index, row) in rows.enumerated() where home.remove(row.id.rawValue) == nil {
            if try settle(index) {
                report.completed.append(row.name)
            } else {
                report.missing.append(row.name)
            }
        }
        report.orphans += home.sorted().map { layout.shelf(shelf).appending($0) }
    }

    /// Moves to the trash what never got a row and whose maker is gone.
    private func discardUnfinished() throws(VolumeError) {
        for name in try Directory.entries(layout.staging) {
            let path = layout.staging.appending(name.text)
            do throws(VolumeError) {
                try discardUnfinished(path)
            } catch {
                // Its maker may have moved it to its place meanwhile: then it is finished, and nothing of ours.
                guard FileStatus(path) == nil else { throw error }
            }
        }
    }

    private func discardUnfinished(_ path: FilePath) throws(VolumeError) {
        if Directory.exists(path), try !DirectoryLock.isFree(path) { return }
        // A clone of a volume that is mounted may have died while its copy was.
        try HostMount.unmount(path.appending("mnt"))
        try Directory.move(path, to: layout.trashed(.random()))
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
        guard Directory.exists(layout.home(record.id)) else {
            _ = try catalog.write { try reclaim(record.id, $0) }
            return
        }
        try withLock(record) { () throws(VolumeError) in
            let others = try catalog.write { try reclaim(record.id, $0) }
            if others.isEmpty, let driver = drivers[record.driver] { try driver.detach(place(record)) }
        }
    }
}
