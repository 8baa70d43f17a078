// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
@preconcurrency import Glibc

/// Standard output, for what is followed as it comes.
enum StandardOutput {
    /// Writes out what `print` has kept back, for a pipe's reader to see now.
    static func flush() {
        fflush(nil)
    }

    /// Writes out what is left, before the end.
    ///
    /// - Throws: `ValidationError` if something that was printed could not be written, as on a full disk.
    static func finish() throws {
        errno = 0
        guard fflush(stdout) != 0 || ferror(stdout) != 0 else { return }
        let reason = errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
        throw ValidationError("not all of the output could be written\(reason)")
    }

    /// Whether a person looks at it.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}
