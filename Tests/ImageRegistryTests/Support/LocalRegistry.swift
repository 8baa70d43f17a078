// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Debian's `docker-registry` on a loopback port, ended with this value.
final class LocalRegistry {
    /// How the registry is set up.
    struct Options {
        var user: String?
        var password = ""
        var tls = false
        /// Files of the workspace to speak TLS with.
        var certificate: Certificate?

        /// The name of a `.cert` and a `.key`, and an authority that must vouch for clients.
        struct Certificate {
            var name: String
            var authority: String?
        }
    }

    static let isInstalled = Process.has("docker-registry")
    static let absence = "needs Debian's docker-registry"

    let authority: String
    private let pid: pid_t

    init(in workspace: Workspace, _ options: Options = Options()) async throws {
        let port = try Loopback.freePort()
        authority = "127.0.0.1:\(port)"
        let folder = workspace.directory
        var text = """
            version: 0.1
            storage:
              filesystem: {rootdirectory: \(folder)/registry}
              delete: {enabled: true}
            http:
              addr: \(authority)

            """
        if options.tls {
            try Process.run(
                """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
                -keyout '\(folder)/key.pem' -out '\(folder)/cert.pem'
                """
            )
            text += "  tls: {certificate: \(folder)/cert.pem, key: \(folder)/key.pem}\n"
        }
        if let files = options.certificate {
            text += "  tls:\n    certificate: \(folder)/\(files.name).cert\n    key: \(folder)/\(files.name).key\n"
            if let authority = files.authority { text += "    clientcas: [\(folder)/\(authority)]\n" }
        }
        if let user = options.user {
            let salt = "$2y$05$abcdefghijklmnopqrstuu"
            try Process.run(
                "perl -e 'print \"\(user):\" . crypt(\"\(options.password)\", q(\(salt))) . \"\\n\"' > '\(folder)/htpasswd'"
            )
            text += "auth:\n  htpasswd: {realm: test, path: \(folder)/htpasswd}\n"
        }
        let file = try workspace.write(text, as: "registry.yml")
        pid = try Process.start(["docker-registry", "serve", file.string])
        try await Loopback.waitForServer(port)
    }

    deinit {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}
