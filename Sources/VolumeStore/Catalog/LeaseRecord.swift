// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB

/// Rows of the table `lease`.
enum LeaseRecord {
    static func of(volume: VolumeID, _ database: Database) throws -> [VolumeLease] {
        try fetch(database, "WHERE volume = ? ORDER BY acquired_at", [volume.rawValue])
    }

    static func of(owner: String, _ database: Database) throws -> [VolumeLease] {
        try fetch(database, "WHERE owner = ? ORDER BY acquired_at", [owner])
    }

    static func all(_ database: Database) throws -> [VolumeLease] {
        try fetch(database, "ORDER BY acquired_at", [])
    }

    static func withID(_ id: VolumeLease.ID, _ database: Database) throws -> VolumeLease? {
        try fetch(database, "WHERE id = ?", [id.rawValue]).first
    }

    static func insert(_ lease: VolumeLease, _ database: Database) throws {
        let process = lease.owner.process
        try database.execute(
            sql: "INSERT INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                lease.id.rawValue, lease.volume.rawValue, lease.owner.id, process.pid,
                Int64(bitPattern: process.startTime), process.bootID, Int64(bitPattern: process.pidNamespace),
                lease.access.rawValue, lease.acquiredAt.nanoseconds,
            ]
        )
    }

    static func delete(_ id: VolumeLease.ID, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM lease WHERE id = ?", arguments: [id.rawValue])
    }

    private static func fetch(
        _ database: Database,
        _ clause: String,
        _ arguments: StatementArguments
    ) throws -> [VolumeLease] {
        let sql = """
            SELECT id, volume, owner, pid, start_time, boot_id, pid_namespace, access, acquired_at
            FROM lease \(clause)
            """
        return try Row.fetchAll(database, sql: sql, arguments: arguments).map(lease)
    }

    private static func lease(_ row: Row) throws -> VolumeLease {
        guard let volume = VolumeID(rawValue: row["volume"]) else {
            throw VolumeError(.corruptDatabase, "the volume database holds a lease with a malformed identity")
        }
        let process = ProcessIdentity(
            pid: row["pid"],
            startTime: UInt64(bitPattern: row["start_time"]),
            bootID: row["boot_id"],
            pidNamespace: UInt64(bitPattern: row["pid_namespace"])
        )
        return VolumeLease(
            id: VolumeLease.ID(rawValue: row["id"]),
            volume: volume,
            owner: LeaseOwner(id: row["owner"], process: process),
            access: VolumeAccess(rawValue: row["access"]),
            acquiredAt: Timestamp(nanoseconds: row["acquired_at"])
        )
    }
}
