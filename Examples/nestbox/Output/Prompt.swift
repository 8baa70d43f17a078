// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Glibc
import SystemPackage

/// Questions on a terminal.
enum Prompt {
    /// Asks for a line.
    static func line(_ question: String) throws -> String {
        guard isatty(0) != 0 else { throw ValidationError("Cannot perform an interactive login from a non TTY device") }
        ask(question)
        return readLine() ?? ""
    }

    /// Asks for a line that the terminal does not show.
    static func secret(_ question: String) throws -> String {
        var shown = termios()
        guard tcgetattr(0, &shown) == 0 else {
            throw ValidationError("Cannot perform an interactive login from a non TTY device")
        }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(0, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(0, TCSAFLUSH, &shown)
            ask("\n")
        }
        ask(question)
        return readLine() ?? ""
    }

    /// Standard input to its end, without the newline that ends it.
    static func wholeInput() throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while case let count = try buffer.withUnsafeMutableBytes({ try FileDescriptor.standardInput.read(into: $0) }),
            count > 0
        {
            bytes += buffer[..<count]
            guard bytes.count < 1 << 20 else { throw ValidationError("the password is too long") }
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func ask(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
