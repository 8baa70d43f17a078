// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB
import SystemPackage

/// The database of a store: opens it, guards its version, and turns SQLite's errors into ours.
///
/// WAL, with `synchronous = FULL` but for leases: a transaction that was acknowledged survives a power cut.
struct Catalog: Sendable {
    private let pool: DatabasePool
    private let path: FilePath
    private let commits = GroupCommit()

    /// Opens the database, or makes it.
    ///
    /// - Parameters:
    ///   - path: The database file.
    ///   - lockTimeout: How long to wait while another process writes.
    /// - Throws: ``VolumeError`` with `corruptDatabase`, `newerSchema`, `foreignDatabase` or `notWritable`. The file is
    ///   left as it was.
    init(path: FilePath, lockTimeout: Duration) throws(VolumeError) {
        self.path = path
        self.pool = try Self.translating(path) {
            try Self.refuseForeign(path, lockTimeout)
            let pool = try DatabasePool(path: path.string, configuration: Self.configuration(lockTimeout))
            try pool.write(Schema.migrate)
            return pool
        }
    }

    /// Runs `body` on a snapshot of the database.
    func read<Value>(_ body: (Database) throws -> Value) throws(VolumeError) -> Value {
        try Self.translating(path) { try pool.read(body) }
    }

    /// Runs `body` as the only writer of all processes.
    ///
    /// It is undone if it throws, and committed when this returns.
    func write<Value>(
        surviving durability: GroupCommit.Durability = .powerCut,
        _ body: (Database) throws -> Value
    ) throws(VolumeError) -> Value {
        try FaultPoint.pass("begin", path)
        return try Self.translating(path) {
            try commits.run(on: pool, durability) { database in
                let value = try body(database)
                try FaultPoint.pass("commit", path)
                return value
            }
        }
    }

    private static func configuration(_ lockTimeout: Duration) -> Configuration {
        var configuration = Configuration()
        configuration.label = "VolumeStore"
        // A transaction may be left open for the next writer; see GroupCommit.
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(lockTimeout / .seconds(1))
        return configuration
    }

    /// Looks at an existing file without changing it: WAL mode would be written into another program's database, too.
    private static func refuseForeign(_ path: FilePath, _ lockTimeout: Duration) throws {
        // Looked for without being opened: to close it would take from this process the locks of every connection to it
        // (fcntl(2)), and other processes would remove the log that these write.
        guard FileStatus(path) != nil else { return }
        do {
            let queue = try DatabaseQueue(path: path.string, configuration: configuration(lockTimeout))
            try queue.read(Schema.check)
            try queue.close()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            // Reading the header and the schema can't be wrong SQL: the file says something impossible of itself.
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: error.message)
        }
    }

    private static func translating<Value>(
        _ path: FilePath,
        _ body: () throws -> Value
    ) throws(VolumeError) -> Value {
        do {
            return try body()
        } catch let error as VolumeError {
            throw error
        } catch let error as DatabaseError {
            throw VolumeError(database: error, path: path)
        } catch {
            throw VolumeError(
                .inputOutput,
                "the volume database can't be used",
                cause: .init(operation: "sqlite", path: path, detail: "\(error)")
            )
        }
    }
}
