// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A server on a loopback port that is ended with this value.
final class LocalServer {
    struct NoServer: Error {}

    let authority: String
    private let pid: pid_t

    /// Starts a program that serves on a port of this machine.
    init(_ command: (_ port: String) throws -> [String]) async throws {
        let script = "import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])"
        let port = try Shell.output("python3 -c '\(script)'").filter(\.isNumber)
        authority = "127.0.0.1:\(port)"
        let words = try command(port)
        var pid: pid_t = 0
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for number: Int32 in [1, 2] { posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0) }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
        defer { for argument in arguments { free(argument) } }
        let result = posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ)
        guard result == 0 else { throw Errno(rawValue: result) }
        self.pid = pid
        let probe = "import socket; socket.create_connection((\"127.0.0.1\", \(port)), 1)"
        for _ in 0..<200 {
            if (try? Shell.run("python3 -c '\(probe)' 2> /dev/null")) != nil { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NoServer()
    }

    deinit {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    }

    /// Debian's `docker-registry`, its content below a directory.
    static func registry(below directory: FilePath) async throws -> LocalServer {
        try await LocalServer { port in
            let file = "\(directory)/registry-\(port).yml"
            try BuildFixture.write(
                """
                version: 0.1
                storage: {filesystem: {rootdirectory: \(directory)/registry-\(port)}}
                http: {addr: "127.0.0.1:\(port)"}

                """,
                to: file
            )
            return ["docker-registry", "serve", file]
        }
    }

    /// Git's own server, for the repositories below a directory.
    static func git(below directory: FilePath) async throws -> LocalServer {
        try await LocalServer { port in
            [
                "/usr/lib/git-core/git-daemon", "--listen=127.0.0.1", "--port=\(port)", "--export-all", "--reuseaddr",
                "--base-path=\(directory)", directory.string,
            ]
        }
    }
}
