// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc

/// What this process reads and writes where no file is named.
enum StandardStreams {
    /// Connects those of the three that are closed to `/dev/null`.
    ///
    /// Else the next file that is opened would be one of them: what is printed would be written into it, and the program
    /// of a container would get it as its input.
    static func open() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            // The lowest free number, which is this one.
            _ = Glibc.open("/dev/null", O_RDWR)
        }
    }

    /// - Throws: `ValidationError` if standard output is a terminal, which an archive would only confuse.
    static func refuseTerminalOutput(
        _ message: String = "cowardly refusing to save to a terminal. Use the -o flag or redirect"
    ) throws {
        guard !StandardOutput.isTerminal else { throw ValidationError(message) }
    }

    /// - Throws: `ValidationError` if standard input is a terminal.
    static func refuseTerminalInput() throws {
        guard isatty(0) == 0 else { throw ValidationError("requested load from stdin, but stdin is empty") }
    }
}
