// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Debian's `docker-registry` on loopback, with its content in a directory that can be emptied.
final class Registry {
    let authority: String
    private let directory: String
    private let pid: pid_t

    init(in directory: String, port: Int) throws {
        self.directory = directory
        authority = "127.0.0.1:\(port)"
        let configuration = """
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: \(directory)/content}, delete: {enabled: true}}
            http: {addr: "\(authority)"}
            """
        try Shell.run("mkdir -p \(directory)/content && cat > \(directory)/config.yml <<'END'\n\(configuration)\nEND")
        pid = try Shell.start("exec docker-registry serve \(directory)/config.yml >\(directory)/log 2>&1")
        try Shell.run("for i in $(seq 200); do curl -sf http://\(authority)/v2/ && exit 0; sleep 0.05; done; exit 1")
    }

    /// Forgets all images.
    func empty() throws {
        try Shell.run("rm -rf \(directory)/content/*")
    }

    /// Ends the program.
    func stop() {
        kill(pid, SIGTERM)
        Shell.wait(for: pid)
    }
}
