// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Dispatch
import GRDB
import Synchronization

/// Lets transactions of several threads share one commit, and so one wait for the disk.
///
/// Writers take turns. One that has made its changes while others wait leaves the transaction open for them; the last
/// commits for all, and only then any of them returns. Each has a savepoint of its own, so that one's failure undoes
/// nothing of the others'.
final class GroupCommit: Sendable {
    /// What a commit survives.
    enum Durability: Int, Comparable {
        /// The death of this process.
        case process
        /// A power cut.
        case powerCut

        static func < (left: Durability, right: Durability) -> Bool { left.rawValue < right.rawValue }

        /// The value of SQLite's `synchronous`: with WAL, NORMAL leaves out the sync at each commit and nothing else.
        var synchronous: String { self == .powerCut ? "FULL" : "NORMAL" }
    }

    /// Those that share one commit.
    private final class Batch: Sendable {
        let durability: Durability
        private let end = DispatchGroup()
        private let failure = Mutex<(any Error)?>(nil)
        let members = Atomic(0)

        init(_ durability: Durability) {
            self.durability = durability
            end.enter()
        }

        func finish(_ error: (any Error)?) {
            failure.withLock { $0 = error }
            end.leave()
        }

        func wait() throws {
            end.wait()
            if let error = failure.withLock({ $0 }) { throw error }
        }
    }

    /// Enough to make the wait for the disk small for each, and little enough to let other processes in.
    private static let limit = 128

    /// How many threads are on their way to the writer.
    private let coming = Atomic(0)
    private let current = Mutex<Batch?>(nil)
    /// What the connection is set to; nobody but the writer looks at it.
    private let level = Mutex<Durability?>(nil)

    /// Runs `body` as a transaction, alone or in the company of others.
    func run<Value>(
        on pool: DatabasePool,
        _ durability: Durability,
        _ body: (Database) throws -> Value
    ) throws -> Value {
        coming.add(1, ordering: .sequentiallyConsistent)
        let (batch, result) = try pool.writeWithoutTransaction { database in
            coming.subtract(1, ordering: .sequentiallyConsistent)
            let batch = try join(database, durability)
            let result = Result { try Self.savepoint(database, body) }
            let isLast = coming.load(ordering: .sequentiallyConsistent) == 0
            if isLast || batch.members.load(ordering: .relaxed) >= Self.limit || !database.isInsideTransaction {
                finish(batch, database)
            }
            return (batch, result)
        }
        try batch.wait()
        return try result.get()
    }

    /// The open transaction, or a new one.
    private func join(_ database: Database, _ durability: Durability) throws -> Batch {
        if let open = current.withLock({ $0 }) {
            if open.durability >= durability {
                open.members.add(1, ordering: .relaxed)
                return open
            }
            // It was begun by those for whom less is enough, and that can't be changed under way.
            finish(open, database)
        }
        try setLevel(durability, database)
        try database.beginTransaction(.immediate)
        let batch = Batch(durability)
        batch.members.add(1, ordering: .relaxed)
        current.withLock { $0 = batch }
        return batch
    }

    private func setLevel(_ durability: Durability, _ database: Database) throws {
        guard level.withLock({ $0 }) != durability else { return }
        try database.execute(sql: "PRAGMA synchronous = \(durability.synchronous)")
        level.withLock { $0 = durability }
    }

    private func finish(_ batch: Batch, _ database: Database) {
        current.withLock { $0 = nil }
        do {
            // A full disk or a broken one makes SQLite undo the whole transaction by itself.
            guard database.isInsideTransaction else {
                throw DatabaseError(
                    resultCode: .SQLITE_ABORT,
                    message: "the transaction was undone by an earlier error"
                )
            }
            try database.commit()
            batch.finish(nil)
        } catch {
            if database.isInsideTransaction { try? database.rollback() }
            batch.finish(error)
        }
    }

    private static func savepoint<Value>(_ database: Database, _ body: (Database) throws -> Value) throws -> Value {
        var value: Value?
        try database.inSavepoint {
            value = try body(database)
            return .commit
        }
        guard let value else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        return value
    }
}
