// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// A system call that failed, before someone has said what that means for the user.
struct SystemCallError: Error, Hashable, CustomStringConvertible {
    let call: String
    let number: CInt

    /// Takes the error of the call that has just failed on this thread.
    static func last(_ call: String) -> SystemCallError {
        SystemCallError(call: call, number: errno)
    }

    var description: String { "\(call): \(ErrnoName.of(number))" }

    /// The error as a user sees it.
    func asNetworkError(_ message: String) -> NetworkError {
        let code: NetworkError.Code =
            switch number {
            case EPERM, EACCES: .notPermitted
            case EEXIST, EADDRINUSE: .alreadyExists
            case ENOENT, ENODEV, ESRCH: .notFound
            default: .systemFailure
            }
        return NetworkError(code, message, cause: description)
    }
}
