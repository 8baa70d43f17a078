// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc

/// Archives on standard input and output.
enum StandardStreams {
    /// - Throws: `ValidationError` if standard output is a terminal, which an archive would only confuse.
    static func refuseTerminalOutput() throws {
        guard isatty(1) == 0 else {
            throw ValidationError("cowardly refusing to save to a terminal. Use the -o flag or redirect")
        }
    }

    /// - Throws: `ValidationError` if standard input is a terminal.
    static func refuseTerminalInput() throws {
        guard isatty(0) == 0 else { throw ValidationError("requested load from stdin, but stdin is empty") }
    }
}
