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

    /// The error as a user of the proxy sees it, if nothing more precise can be said.
    func asProxyError(_ message: String) -> ProxyError {
        ProxyError(.systemFailure, message, cause: description)
    }
}
