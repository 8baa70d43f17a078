// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Runs the tools that tests compare with.
enum Shell {
    struct Failed: Error, CustomStringConvertible {
        var command: String
        var status: Int32
        var description: String { "'\(command)' ended with status \(status)" }
    }

    /// Runs a command line and throws unless it succeeds.
    static func run(_ command: String) throws {
        var pid: pid_t = 0
        let words = ["/bin/sh", "-c", command]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        let result = posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, environ)
        guard result == 0 else { throw Failed(command: command, status: result) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else { throw Failed(command: command, status: status) }
    }

    /// Whether a tool is installed.
    static func has(_ tool: String) -> Bool {
        (try? run("command -v \(tool) >/dev/null")) != nil
    }
}
