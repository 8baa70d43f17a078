// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB
import GRDBSQLite

/// The row that a statement stands on, read by SQLite's own calls.
///
/// GRDB's rows are made for comfort; for a list of 10,000 volumes they took longer than SQLite itself.
struct CatalogRow {
    private let statement: Statement
    private var handle: SQLiteStatement { statement.sqliteStatement }

    /// Takes a statement with its arguments set.
    init(_ statement: Statement) {
        self.statement = statement
    }

    /// Goes to the next row; false at the end.
    func next() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let message = sqlite3_errmsg(sqlite3_db_handle(handle)).map { String(cString: $0) }
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    /// Lets go of the rows, so that the statement keeps nothing locked.
    func reset() {
        sqlite3_reset(handle)
    }

    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    /// What `body` makes of the bytes of a text.
    func bytes<Value>(_ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        let start = sqlite3_column_text(handle, column)
        return body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func text(_ column: Int32) -> String {
        bytes(column) { String(decoding: $0, as: UTF8.self) }
    }

    func optionalText(_ column: Int32) -> String? {
        sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : text(column)
    }

    /// Labels or options.
    func map(_ column: Int32) -> [String: String] {
        bytes(column) { $0.isEmpty ? Dictionary() : TextMap.decode(String(decoding: $0, as: UTF8.self)) }
    }
}
