// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB

/// Rows of the table `snapshot`.
enum SnapshotRecord {
    static func of(volume: VolumeID, _ database: Database) throws -> [Snapshot] {
        try fetch(database, "WHERE volume = ? ORDER BY created_at, name", [volume.rawValue])
    }

    static func named(_ name: String, of volume: VolumeID, _ database: Database) throws -> Snapshot? {
        try fetch(database, "WHERE volume = ? AND name = ?", [volume.rawValue, name]).first
    }

    static func withID(_ id: VolumeID, _ database: Database) throws -> Snapshot? {
        try fetch(database, "WHERE id = ?", [id.rawValue]).first
    }

    static func all(_ database: Database) throws -> [Snapshot] {
        try fetch(database, "", [])
    }

    static func insert(_ snapshot: Snapshot, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO snapshot VALUES (?, ?, ?, ?)",
            arguments: [
                snapshot.id.rawValue, snapshot.volume.rawValue, snapshot.name, snapshot.createdAt.nanoseconds,
            ]
        )
    }

    static func delete(_ id: VolumeID, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM snapshot WHERE id = ?", arguments: [id.rawValue])
    }

    private static func fetch(
        _ database: Database,
        _ clause: String,
        _ arguments: StatementArguments
    ) throws -> [Snapshot] {
        let sql = "SELECT id, volume, name, created_at FROM snapshot \(clause)"
        return try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
            guard let id = VolumeID(rawValue: row["id"]), let volume = VolumeID(rawValue: row["volume"]) else {
                throw VolumeError(.corruptDatabase, "the volume database holds a snapshot with a malformed identity")
            }
            return Snapshot(
                id: id,
                volume: volume,
                name: row["name"],
                createdAt: Timestamp(nanoseconds: row["created_at"])
            )
        }
    }
}
