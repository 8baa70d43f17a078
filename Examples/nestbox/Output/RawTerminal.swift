// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import ContainerKit
import Glibc
import SystemPackage

/// This process's terminal while every key goes to a program in a container; as it was before once this is gone.
final class RawTerminal {
    private var former = termios()
    private let isChanged: Bool

    /// Changes the terminal, if standard input is one.
    init() {
        var raw = termios()
        guard tcgetattr(STDIN_FILENO, &former) == 0 else {
            isChanged = false
            return
        }
        raw = former
        cfmakeraw(&raw)
        isChanged = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0
    }

    deinit {
        restore()
    }

    /// Changes it back.
    func restore() {
        if isChanged { tcsetattr(STDIN_FILENO, TCSANOW, &former) }
    }

    /// Refuses to give a program this process's input as a terminal where it is none.
    ///
    /// - Throws: `ExitCode`, Docker's, which is no engine's error.
    static func requireInput() throws {
        guard !isPresent else { return }
        Failure.report("the input device is not a TTY: leave -t out, or give it a terminal")
        throw ExitCode(1)
    }

    /// Whether standard input is a terminal.
    static var isPresent: Bool { isatty(STDIN_FILENO) == 1 }

    /// The size of this process's terminal; 24 lines of 80 characters where there is none.
    static var size: Terminal.Size {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 else { return Terminal.Size(rows: 24, columns: 80) }
        return Terminal.Size(rows: size.ws_row, columns: size.ws_col)
    }
}
