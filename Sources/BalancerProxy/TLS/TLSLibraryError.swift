// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import COpenSSL

/// What OpenSSL says of the call that has just failed on this thread.
enum TLSLibraryError {
    /// Takes the reason, and empties the library's queue of errors.
    static func take() -> String {
        let code = ERR_peek_last_error()
        defer { ERR_clear_error() }
        guard code != 0, let reason = ERR_reason_error_string(code) else { return "unknown error" }
        return String(cString: reason)
    }
}
