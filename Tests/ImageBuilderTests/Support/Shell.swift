// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Runs tools of this machine.
enum Shell {
    struct Failed: Error, CustomStringConvertible {
        var command: String
        var status: Int32
        var description: String { "'\(command)' ended with status \(status)" }
    }

    /// Runs a command line and throws unless it succeeds.
    static func run(_ command: String) throws {
        var pid: pid_t = 0
        let words: [String] = ["/bin/sh", "-c", command]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        let result = posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, environ)
        guard result == 0 else { throw Failed(command: command, status: result) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else { throw Failed(command: command, status: status) }
    }

    /// What a command line writes to its output.
    static func output(_ command: String) throws -> String {
        let path = "/tmp/nestbox-builder-output-\(getpid())-\(UInt64.random(in: .min ... .max))"
        defer { unlink(path) }
        try run("( \(command) ) > \(path)")
        return try text(path)
    }

    /// A file's content.
    static func text(_ path: String) throws -> String {
        guard let file = fopen(path, "r") else { throw Failed(command: "open \(path)", status: errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
