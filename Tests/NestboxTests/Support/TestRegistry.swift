// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

/// Debian's `docker-registry` on a loopback port, which ends with this value.
final class TestRegistry: Sendable {
    let authority: String
    private let directory: TemporaryDirectory
    private let pid: pid_t

    /// Starts a registry, in which `user` must log in with the password `secret`; without one everybody may do everything.
    init(user: String? = nil) throws {
        directory = try TemporaryDirectory()
        authority = "127.0.0.1:\(try Self.freePort())"
        var text = """
            version: 0.1
            storage: {filesystem: {rootdirectory: \(directory.path)/content}}
            http: {addr: "\(authority)"}

            """
        if let user {
            // crypt(3) knows bcrypt on Debian, the only form that the registry reads.
            let script = #"print "$ARGV[0]:", crypt("secret", q($2y$05$abcdefghijklmnopqrstuu)), "\n""#
            let line = try Shell.run(["perl", "-e", script, user]).output
            try directory.write(line, to: "htpasswd")
            text += "auth: {htpasswd: {realm: test, path: \(directory.path)/htpasswd}}\n"
        }
        try directory.write(text, to: "registry.yml")
        pid = try Shell.start(["docker-registry", "serve", directory.path.appending("registry.yml").string])
        let url = "http://\(authority)/v2/"
        for _ in 0..<400 {
            if try Shell.run(["curl", "-s", "-o", "/dev/null", url]).status == 0 { return }
            usleep(25_000)
        }
        throw Shell.Failure(arguments: ["docker-registry"], reason: "it does not answer")
    }

    deinit {
        kill(pid, SIGKILL)
        _ = Shell.wait(pid)
    }

    /// A port that nobody listens on now, and that the kernel gives to no other test meanwhile.
    private static func freePort() throws -> Int {
        let script = """
            import random, socket
            while True:
                port = random.randrange(20000, 32000)
                try:
                    socket.socket().bind(('127.0.0.1', port))
                    break
                except OSError:
                    pass
            print(port)
            """
        let output = try Shell.run(["python3", "-c", script]).output
        return try #require(Int(output.filter(\.isNumber)))
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs a registry.
    static var runsRegistry: Self {
        .enabled(
            if: ["docker-registry", "curl", "perl", "python3"].allSatisfy {
                (try? Shell.run(["sh", "-c", "command -v \($0)"]).status) == 0
            },
            "needs the packages docker-registry, curl, perl and python3"
        )
    }
}
