// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB

/// The tables, and how an older database becomes a newer one.
///
/// `user_version` counts the migrations that have run. A migration that was released is never changed; a new one is
/// added at the end.
enum Schema {
    /// Marks the file as ours: "Nest" in ASCII (SQLite's `application_id`).
    static let applicationID = 0x4E65_7374

    /// The version this library writes.
    static var version: Int { migrations.count }

    /// Refuses a database that is not ours, or newer than we are.
    ///
    /// Changes nothing.
    static func check(_ database: Database) throws {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard application == applicationID || (application == 0 && tables == 0) else {
            throw VolumeError(
                .foreignDatabase,
                "the database in the volume store's directory belongs to another program"
            )
        }
        guard found <= version else {
            throw VolumeError(
                .newerSchema,
                "the volume database has version \(found), and this library knows \(version) at most: "
                    + "use the newer library; nothing was changed"
            )
        }
    }

    /// Brings the database to ``version``.
    static func migrate(_ database: Database) throws {
        try check(database)
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found < version else { return }
        for migration in migrations[found...] { try database.execute(sql: migration) }
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(version)")
    }

    private static let migrations = [
        """
        CREATE TABLE volume (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            driver TEXT NOT NULL,
            options TEXT NOT NULL,
            labels TEXT NOT NULL,
            sharing TEXT NOT NULL,
            anonymous INTEGER NOT NULL,
            container TEXT,
            created_at INTEGER NOT NULL,
            copy_up TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE lease (
            id TEXT PRIMARY KEY,
            volume TEXT NOT NULL REFERENCES volume (id) ON DELETE RESTRICT,
            owner TEXT NOT NULL,
            pid INTEGER NOT NULL,
            start_time INTEGER NOT NULL,
            boot_id TEXT NOT NULL,
            pid_namespace INTEGER NOT NULL,
            access TEXT NOT NULL,
            acquired_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE snapshot (
            id TEXT PRIMARY KEY,
            volume TEXT NOT NULL REFERENCES volume (id) ON DELETE RESTRICT,
            name TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            UNIQUE (volume, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX lease_by_volume ON lease (volume);
        CREATE INDEX lease_by_owner ON lease (owner);
        """,
        // Whether the volume was never used: its directory may not be on the disk yet, and holds nothing.
        """
        ALTER TABLE volume ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0;
        """,
    ]
}
