// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import GRDB
import SystemPackage

extension VolumeError {
    /// The error of a store whose database answered with `error`.
    init(database error: DatabaseError, path: FilePath) {
        // The message says no more than the first eight bits of the code.
        let code = error.extendedResultCode.rawValue
        let cause = Cause(operation: "sqlite", path: path, detail: "\(error.message ?? "an error") (\(code))")
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corruptDatabase,
                "the volume database is damaged: restore it from a backup; nothing was changed, "
                    + "and the volumes' files are untouched",
                cause: cause
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "another process kept the volume database locked for too long", cause: cause)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.notWritable, "the volume database can't be opened for writing", cause: cause)
        case .SQLITE_FULL,
            _ where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE:
            // The second: not even the memory that the processes share could be made.
            self.init(.noSpace, "there is no space left for the volume database", cause: cause)
        default:
            self.init(.inputOutput, "the volume database can't be used", cause: cause)
        }
    }
}
