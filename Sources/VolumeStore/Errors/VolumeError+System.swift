// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CVolumeStore
import Glibc
import SystemPackage

extension VolumeError {
    /// An error for a system call that has just failed, with the code that fits its `errno`.
    static func system(
        _ operation: String,
        _ path: FilePath? = nil,
        errno: Errno = .last,
        _ message: String? = nil
    ) -> VolumeError {
        let cause = Cause(operation: operation, path: path, errno: errno)
        switch errno {
        case .noSpace, .diskQuotaExceeded:
            return VolumeError(.noSpace, message ?? "there is no space left for the volume store", cause: cause)
        case .permissionDenied, .notPermitted, .readOnlyFileSystem:
            return VolumeError(.notWritable, message ?? "the volume store may not be changed", cause: cause)
        case .notSupported, .noFunction:
            return VolumeError(.unsupported, message ?? "the filesystem does not support this", cause: cause)
        default:
            return VolumeError(.inputOutput, message ?? "the volume store met a system error", cause: cause)
        }
    }
}

extension Errno {
    /// The value that the C library set last on this thread.
    static var last: Errno { Errno(rawValue: errno) }

    /// The name in `errno.h`, such as `ENOSPC`.
    var symbol: String {
        guard let name = cvolumestore_errno_name(rawValue) else { return "errno \(rawValue)" }
        return String(cString: name)
    }
}
