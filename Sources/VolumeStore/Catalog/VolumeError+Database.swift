// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB
import SystemPackage

extension VolumeError {
    /// The error of a store whose database answered with `error`.
    init(database error: DatabaseError, path: FilePath) {
        let cause = Cause(operation: "sqlite", path: path, detail: error.message ?? "\(error.resultCode)")
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corruptDatabase,
                "The volume database is damaged. Nothing was changed. The volumes' files are untouched; "
                    + "restore the database from a backup.",
                cause: cause
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "Another process kept the volume database locked for too long.", cause: cause)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.notWritable, "The volume database can't be opened for writing.", cause: cause)
        case .SQLITE_FULL:
            self.init(.noSpace, "There is no space left for the volume database.", cause: cause)
        default:
            self.init(.inputOutput, "The volume database can't be used.", cause: cause)
        }
    }
}
