// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Programs that tests run or keep running beside them.
enum Process {
    struct Failed: Error, CustomStringConvertible {
        var command: String
        var status: Int32
        var description: String { "'\(command)' ended with status \(status)" }
    }

    /// Starts a program and gives its process id.
    static func start(_ words: [String]) throws -> pid_t {
        var pid: pid_t = 0
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        let result = posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ)
        guard result == 0 else { throw Failed(command: words[0], status: result) }
        return pid
    }

    /// Runs a command line and throws unless it succeeds.
    static func run(_ command: String) throws {
        let pid = try start(["/bin/sh", "-c", command])
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else { throw Failed(command: command, status: status) }
    }

    /// Whether a tool is installed.
    static func has(_ tool: String) -> Bool {
        (try? run("command -v \(tool)")) != nil
    }
}
