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
    /// Whether it was never used, so that its directory may not be on the disk yet.
    var isFresh: Bool
}

extension VolumeRecord {
    /// A record for a new volume.
    ///
    /// The request is valid.
    init(_ request: VolumeRequest, id: VolumeID, driver: String, isFresh: Bool) {
        self.id = id
        name = request.name ?? VolumeName.anonymous()
        self.driver = driver
        options = request.options
        labels = request.labels
        sharing = request.sharing
        isAnonymous = request.name == nil
        container = request.name == nil ? request.container : nil
        createdAt = .now()
        copyUp = .open
        self.isFresh = isFresh
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
            throw VolumeError(.notFound, "no such volume: \(name)")
        }
        return record
    }

    /// All records, by name.
    static func all(_ database: Database) throws -> [VolumeRecord] {
        try fetch(database, "ORDER BY name", [])
    }

    /// Goes through all records, by name.
    static func forEach(_ database: Database, _ body: (VolumeRecord) -> Void) throws {
        try visit(database, "ORDER BY name", [], body)
    }

    func insert(_ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO volume VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                id.rawValue, name, driver, TextMap.encode(options), TextMap.encode(labels),
                sharing.rawValue, isAnonymous, container, createdAt.nanoseconds, copyUp.text, isFresh,
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

    /// Notes that the volume's directory is on the disk, and from now on may hold something.
    static func setUsed(_ id: VolumeID, _ database: Database) throws {
        try database.execute(sql: "UPDATE volume SET fresh = 0 WHERE id = ?", arguments: [id.rawValue])
    }

    private static func fetch(
        _ database: Database,
        _ clause: String,
        _ arguments: StatementArguments
    ) throws -> [VolumeRecord] {
        var records: [VolumeRecord] = []
        try visit(database, clause, arguments) { records.append($0) }
        return records
    }

    private static func visit(
        _ database: Database,
        _ clause: String,
        _ arguments: StatementArguments,
        _ body: (VolumeRecord) -> Void
    ) throws {
        let sql = """
            SELECT id, name, driver, options, labels, sharing, anonymous, container, created_at, copy_up, fresh
            FROM volume \(clause)
            """
        let statement = try database.cachedStatement(sql: sql)
        try statement.setArguments(arguments)
        let row = CatalogRow(statement)
        defer { row.reset() }
        while try row.next() { body(try VolumeRecord(row)) }
    }

    private init(_ row: CatalogRow) throws {
        guard let id = row.bytes(0, { VolumeID(digits: $0) }) else {
            throw VolumeError(.corruptDatabase, "the volume database holds a volume with a malformed identity")
        }
        self.id = id
        name = row.text(1)
        driver = row.text(2)
        options = row.map(3)
        labels = row.map(4)
        sharing = VolumeSharing(rawValue: row.text(5))
        isAnonymous = row.integer(6) != 0
        container = row.optionalText(7)
        createdAt = Timestamp(nanoseconds: row.integer(8))
        copyUp = CopyUpState(text: row.text(9))
        isFresh = row.integer(10) != 0
    }
}
