// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Standard output, for what is followed as it comes.
enum StandardOutput {
    /// Writes out what `print` has kept back, for a pipe's reader to see now.
    static func flush() {
        fflush(nil)
    }

    /// Whether a person looks at it.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}
