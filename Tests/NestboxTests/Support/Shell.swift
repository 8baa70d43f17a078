// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A program of the host that has ended.
struct Finished {
    var status: Int32
    var output: String
    var error: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// Runs programs of the host.
enum Shell {
    struct Failure: Error {
        var arguments: [String]
        var reason: String
    }

    /// Runs a program to its end, with its input from a file and its output kept.
    @discardableResult
    static func run(
        _ arguments: [String],
        environment: [String] = [],
        input: String = "/dev/null"
    ) throws -> Finished {
        let directory = try TemporaryDirectory()
        let (out, error) = (directory.path.appending("out").string, directory.path.appending("error").string)
        let pid = try start(arguments, environment: environment, input: input, output: out, error: error)
        return Finished(
            status: wait(pid),
            output: try text(of: FilePath(out)),
            error: try text(of: FilePath(error))
        )
    }

    /// Starts a program.
    static func start(
        _ arguments: [String],
        environment: [String] = [],
        input: String = "/dev/null",
        output: String = "/dev/null",
        error: String = "/dev/null"
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let path = "PATH=" + (getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin")
        var variables: [UnsafeMutablePointer<CChar>?] = ([path] + environment).map { strdup($0) } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        var pid = pid_t()
        let result = posix_spawnp(&pid, arguments[0], &actions, nil, &words, &variables)
        guard result == 0 else { throw Failure(arguments: arguments, reason: String(cString: strerror(result))) }
        return pid
    }

    /// Waits for a program that was started here, and gives its code as a shell would.
    static func wait(_ pid: pid_t) -> Int32 {
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    static func text(of path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
                if count == 0 { return String(decoding: bytes, as: UTF8.self) }
                bytes += chunk[..<count]
            }
        }
    }
}
