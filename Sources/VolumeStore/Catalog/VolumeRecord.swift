// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB

/// A row of the table `volume`.
struct VolumeRecord: Sendable {
    var id: VolumeID
    var name: String
    var driver: String
    var options: [String: String]
    var labels: [String: String]
    var sharing: VolumeSharing
    var isAnonymous: Bool
    var container: String?
    var createdAt: Timestamp
    var copyUp: CopyUpState
}

extension VolumeRecord {
    /// A record for a new volume.
    ///
    /// The request is valid.
    init(_ request: VolumeRequest, driver: String) {
        id = .random()
        name = request.name ?? VolumeName.anonymous()
        self.driver = driver
        options = request.options
        labels = request.labels
        sharing = request.sharing
        isAnonymous = request.name == nil
        container = request.name == nil ? request.container : nil
        createdAt = .now()
        copyUp = .open
    }

    static func named(_ name: String, _ database: Database) throws -> VolumeRecord? {
        try fetch(database, "WHERE name = ?", [name]).first
    }

    static func withID(_ id: VolumeID, _ database: Database) throws -> VolumeRecord? {
        try fetch(database, "WHERE id = ?", [id.rawValue]).first
    }

    /// The record of that name.
    ///
    /// - Throws: ``VolumeError`` with `notFound`.
    static func require(_ name: String, _ database: Database) throws -> VolumeRecord {
        guard let record = try named(name, database) else {
            throw VolumeError(.notFound, "There is no volume '\(name)'.")
        }
        return record
    }

    /// All records, by name.
    static func all(_ database: Database) throws -> [VolumeRecord] {
        try fetch(database, "ORDER BY name", [])
    }

    func insert(_ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO volume VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                id.rawValue, name, driver, TextMap.encode(options), TextMap.encode(labels),
                sharing.rawValue, isAnonymous, container, createdAt.nanoseconds, copyUp.text,
            ]
        )
    }

    func delete(_ database: Database) throws {
        try database.execute(sql: "DELETE FROM volume WHERE id = ?", arguments: [id.rawValue])
    }

    static func setCopyUp(_ state: CopyUpState, _ id: VolumeID, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE volume SET copy_up = ? WHERE id = ?",
            arguments: [state.text, id.rawValue]
        )
    }

    private static func fetch(
        _ database: Database,
        _ clause: String,
        _ arguments: StatementArguments
    ) throws -> [VolumeRecord] {
        let sql = """
            SELECT id, name, driver, options, labels, sharing, anonymous, container, created_at, copy_up
            FROM volume \(clause)
            """
        let rows = try Row.fetchCursor(try database.cachedStatement(sql: sql), arguments: arguments)
        var records: [VolumeRecord] = []
        while let row = try rows.next() { records.append(try VolumeRecord(row)) }
        return records
    }

    private init(_ row: Row) throws {
        guard let id = VolumeID(rawValue: row[0]) else {
            throw VolumeError(.corruptDatabase, "The volume database holds a volume with a malformed identity.")
        }
        self.id = id
        name = row[1]
        driver = row[2]
        options = TextMap.decode(row[3])
        labels = TextMap.decode(row[4])
        sharing = VolumeSharing(rawValue: row[5])
        isAnonymous = row[6]
        container = row[7]
        createdAt = Timestamp(nanoseconds: row[8])
        copyUp = CopyUpState(text: row[9])
    }
}
