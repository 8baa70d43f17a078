// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import Nestbox

@Suite("Services of the command-line tool that speak HTTP", .runsTool, .runsWebServers)
struct ServiceVerbTests {
    /// The tool, with a service of nginx behind TLS.
    private func makeService(_ tool: Tool, _ flags: String...) async throws -> String {
        let archive = try WebArchive()
        let imported = try await tool.finish(
            "image",
            "import",
            archive.path.string,
            "web",
            "--change",
            #"CMD ["/usr/sbin/nginx", "-c", "/etc/nginx.conf"]"#
        )
        try #require(imported.status == 0, "\(imported.error)")
        let words = ["service", "create", "--name", "web", "--http", "-p", "127.0.0.1::80"] + flags + ["web"]
        let created = try await tool.finish(words)
        try #require(created.status == 0, "\(created.error)")
        let listed = try await tool.finish("service", "ls", "--format", "json").output
        let ports = try #require(listed.split(separator: "127.0.0.1:").dropFirst().first)
        return String(ports.prefix { $0.isNumber })
    }

    @Test("HTTP/2 over TLS, with an access log, figures and another policy at will")
    func encrypted() async throws {
        let tool = try Tool()
        let (chain, key) = (tool.directory.path.appending("chain.pem"), tool.directory.path.appending("key.pem"))
        let made = try Shell.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
                + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
                + ["-keyout", key.string, "-out", chain.string]
        )
        #expect(made.status == 0, "\(made.error)")
        let port = try await makeService(
            tool,
            "--replicas",
            "2",
            "--balance",
            "least-requests",
            "--access-log",
            "--tls-cert",
            chain.string,
            "--tls-key",
            key.string
        )
        let url = "https://localhost:\(port)/headers"
        let asked = try await OwnThread.run {
            try Shell.run(
                ["curl", "-sS", "--http2", "--cacert", chain.string, "-w", "%{http_version} %{http_code}", url]
            )
        }
        #expect(asked.output == "127.0.0.1|https|2 nestbox\n2 200", "\(asked.error)")

        #expect(try await tool.finish("service", "update", "--policy", "random", "web").status == 0)
        #expect(try await tool.finish("service", "update", "--policy", "nosuch", "web").status != 0)
        #expect(try await Nestbox(root: tool.root).service("web").policy == .random)

        var log = ""
        while log.isEmpty {
            log = try await tool.finish("service", "logs", "--access", "web").output
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(log.hasPrefix(#"127.0.0.1 "GET /headers HTTP/2" 200 "#))
        #expect(log.contains(" answered\n"))
        var metrics = ""
        while !metrics.contains("class=\"2xx\"} 1\n") {
            metrics = try await tool.finish("service", "metrics", "web").output
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await tool.finish("service", "rm", "web").status == 0)
        #expect(try await tool.finish("ps", "-aq").lines.isEmpty)
    }

    @Test("a service of whole connections has figures, served where the user says, and changes its policy")
    func connections() async throws {
        let tool = try Tool()
        let words = ["service", "create", "--name", "plain", "-p", "127.0.0.1::80", "--metrics", "127.0.0.1:0", "box"]
        let created = try await tool.finish(words + ["httpd", "-f", "-p", "80", "-h", "/www"])
        try #require(created.status == 0, "\(created.error)")
        let record = try await Nestbox(root: tool.root).service("plain")
        let port = try #require(record.ports.first?.hostPort)
        let address = try #require(record.metricsAddress)
        #expect(try await tool.finish("service", "ls", "--format", "json").output.contains(address))
        #expect(try await tool.finish("service", "update", "--policy", "least-requests", "plain").status == 0)
        #expect(try await Nestbox(root: tool.root).service("plain").policy == .leastRequests)
        _ = try await WebClient.get("/cgi-bin/who", port: port)
        let figures = "nestbox_service_connections_accepted_total 1\n"
        var read = try await OwnThread.run { try Shell.run(["curl", "-sS", "-i", "http://\(address)/metrics"]) }
        #expect(read.output.contains(figures), "\(read.error)")
        #expect(read.output.contains("nestbox_service_replicas 1\n"))
        #expect(read.output.contains("Content-Type: text/plain; version=0.0.4"))
        read = try await tool.finish("service", "metrics", "plain")
        while !read.output.contains(figures) { read = try await tool.finish("service", "metrics", "plain") }
        // The figures' port is the service's, and free when that is gone.
        let taken = ["service", "create", "--name", "other", "--metrics", address, "box", "sleep", "100"]
        #expect(try await tool.finish(taken).status != 0)
        #expect(try await tool.finish("service", "rm", "plain").status == 0)
        #expect(try await tool.finish(taken).status == 0)
    }

    @Test("a service that notes no requests says so, and how it would")
    func unnoted() async throws {
        let tool = try Tool()
        try #require(try await tool.finish("service", "create", "--name", "web", "box", "sleep", "1000").status == 0)
        let finished = try await tool.finish("service", "logs", "--access", "web")
        #expect(finished.status == 1)
        #expect(finished.error.contains("service 'web' notes no requests; --access-log"))
    }

    @Test("flags of HTTP without --http are refused, and figures of what has no port")
    func refused() async throws {
        let tool = try Tool()
        for flags in [["--tls-cert", "x"], ["--access-log"], ["--hash-by", "path"], ["--attempts", "2"]] {
            let finished = try await tool.finish(["service", "create", "--name", "web"] + flags + ["box"])
            #expect(finished.status == 1)
        }
        let plain = try await tool.finish("service", "create", "--name", "plain", "box", "sleep", "100")
        #expect(plain.status == 0)
        #expect(try await tool.finish("service", "metrics", "plain").status == 1)
        #expect(try await tool.finish("service", "logs", "--access", "plain").status == 1)
        #expect(try await tool.finish("service", "update", "--policy", "maglev", "plain").status == 1)
        let unknown = try await tool.finish("service", "update", "--policy", "nosuch", "plain")
        #expect(unknown.status == 1)
        #expect(unknown.error.hasPrefix("nestbox: there is no policy 'nosuch': "), "\(unknown.error)")
        #expect(unknown.error.contains("least-requests"))
        #expect(try await Nestbox(root: tool.root).service("plain").policy == .roundRobin)
        for address in ["nowhere", "127.0.0.1", "1:2:3"] {
            let words = ["service", "create", "--name", "web", "--metrics", address, "box", "sleep", "100"]
            #expect(try await tool.finish(words).status != 0)
        }
    }
}
