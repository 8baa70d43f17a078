// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Runs command lines.
enum Shell {
    struct Failure: Error, CustomStringConvertible {
        let command: String
        let status: Int32
        var description: String { "'\(command)' ended with status \(status)" }
    }

    /// Runs a command line to its end; what it says goes to standard error if it fails only.
    static func run(_ command: String) throws {
        let log = "/tmp/nestbox-image-bench.\(getpid()).log"
        defer { unlink(log) }
        let status = wait(for: try start("exec >\(log) 2>&1; \(command)"))
        guard status == 0 else {
            _ = wait(for: try start("cat \(log) >&2"))
            throw Failure(command: command, status: status)
        }
    }

    /// Starts a command line; the caller waits for it.
    static func start(_ command: String) throws -> pid_t {
        var pid = pid_t()
        let words = ["/bin/sh", "-c", command]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        let result = posix_spawn(&pid, words[0], nil, nil, &arguments, environ)
        guard result == 0 else { throw Failure(command: command, status: result) }
        return pid
    }

    @discardableResult
    static func wait(for pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return status
    }

    /// Whether a program is installed.
    static func has(_ program: String) -> Bool {
        (try? run("command -v \(program)")) != nil
    }
}
