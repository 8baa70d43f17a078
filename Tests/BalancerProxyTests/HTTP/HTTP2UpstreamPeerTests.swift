// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Foundation
import Testing

@testable import BalancerProxy

@Suite("Real endpoints that speak HTTP/2", .serialized)
struct HTTP2UpstreamPeerTests {
    /// Runs `nghttpd` for as long as `body` takes.
    private func withServer(
        _ flags: [String],
        certificate: (chain: String, key: String)? = nil,
        _ body: (StreamAddress, String) async throws -> Void
    ) async throws {
        try await Tool.withDirectory { directory in
            let port = try UnusedPort.next()
            let content = String((0..<3_000_000).map { Character(Unicode.Scalar(UInt8(33 + $0 % 90))) })
            try content.write(toFile: directory + "/file", atomically: false, encoding: .utf8)
            try "small".write(toFile: directory + "/small", atomically: false, encoding: .utf8)
            let keys = certificate.map { [$0.key, $0.chain] } ?? []
            let words = ["-a", "127.0.0.1", "-d", directory] + flags + ["\(port)"] + keys
            // It keeps the blocked signals of who starts it, among them the one that asks it to end.
            try await Tool.during("nghttpd", words, endingWith: SIGKILL) {
                let address = StreamAddress.loopback(port: port)
                try await Tool.awaitListener(address)
                try await body(address, directory)
            }
        }
    }

    @Test("files and uploads pass, in all of a client's protocols", .tools("nghttpd", "curl"))
    func plain() async throws {
        try await withServer(["--no-tls", "--echo-upload"]) { server, directory in
            let file = directory + "/file"
            let content = try String(contentsOfFile: file, encoding: .utf8)
            try await withHTTP2Endpoints([Endpoint(id: "h2", address: server)]) { proxy, address in
                for option in ["--http1.0", "--http1.1", "--http2-prior-knowledge"] {
                    let text = try await Tool.run("curl", "-sS", option, "http://\(address)/file")
                    #expect(text == content, "\(option)")
                    let echoed = try await Tool.run(
                        "curl",
                        "-sS",
                        option,
                        "--data-binary",
                        "@\(file)",
                        "http://\(address)/"
                    )
                    #expect(echoed == content, "\(option)")
                }
                let chunked = try await Tool.run(
                    "curl",
                    "-sSi",
                    "-H",
                    "Transfer-Encoding: chunked",
                    "--data-binary",
                    "@\(file)",
                    "http://\(address)/"
                )
                #expect(chunked.contains(content))
                let missing = try await Tool.run("curl", "-sSI", "http://\(address)/none")
                #expect(missing.hasPrefix("HTTP/1.1 404"))
                #expect(proxy.counters.endpoints["h2"]?.connected == 1)
            }
        }
    }

    @Test("hundreds of requests at a time share few connections", .tools("nghttpd", "h2load"))
    func load() async throws {
        try await withServer(["--no-tls", "-m", "100"]) { server, _ in
            try await withHTTP2Endpoints([Endpoint(id: "h2", address: server)]) { proxy, address in
                let output = try await Tool.run(
                    "h2load",
                    "-n",
                    "2000",
                    "-c",
                    "8",
                    "-m",
                    "25",
                    "http://\(address)/small"
                )
                #expect(output.contains("2000 succeeded, 0 failed, 0 errored"), "\(output)")
                #expect(proxy.counters.answers[2] == 2000)
                #expect(proxy.counters.endpoints["h2"]?.connected ?? 99 <= 3)
                #expect(await eventually { proxy.balancer.status().allSatisfy { $0.inFlight == 0 } })
            }
        }
    }

    @Test("encrypted, HTTP/2 is agreed on by ALPN", .tools("nghttpd", "curl", "openssl"))
    func encrypted() async throws {
        try await Tool.withDirectory { keys in
            let files = try await Tool.certificate(in: keys)
            try await withServer([], certificate: files) { server, directory in
                let content = try String(contentsOfFile: directory + "/file", encoding: .utf8)
                for kind in [UpstreamProtocol.http2, .negotiated] {
                    try await withHTTP2Endpoints(
                        [Endpoint(id: "h2", address: server)],
                        configure: {
                            $0.upstreamProtocol = kind
                            $0.upstreamTLS = try TLSClient(
                                trust: .certificates(in: files.chain),
                                serverName: "localhost"
                            )
                        }
                    ) { proxy, address in
                        let text = try await Tool.run("curl", "-sS", "http://\(address)/file")
                        #expect(text == content)
                        #expect(proxy.counters.endpoints["h2"]?.connected == 1)
                    }
                }
            }
        }
    }

    @Test("an endpoint that does not agree is served in HTTP/1.1, or not at all", .tools("nginx", "curl", "openssl"))
    func fallback() async throws {
        try await Tool.withDirectory { directory in
            let files = try await Tool.certificate(in: directory)
            let port = try UnusedPort.next()
            let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
                "\($0)_temp_path \(directory)/\($0);"
            }
            try """
            daemon off; pid \(directory)/pid; error_log \(directory)/error.log; user root;
            events { worker_connections 1000; }
            http { access_log off; \(paths.joined(separator: " "))
            server { listen 127.0.0.1:\(port) ssl; ssl_certificate \(files.chain); ssl_certificate_key \(files.key);
            location / { return 200 "$server_protocol"; } } }
            """.write(toFile: directory + "/nginx.conf", atomically: false, encoding: .utf8)
            try await Tool.during("nginx", ["-p", directory, "-c", directory + "/nginx.conf"]) {
                let server = StreamAddress.loopback(port: port)
                try await Tool.awaitListener(server)
                for kind in [UpstreamProtocol.negotiated, .http2] {
                    try await withHTTP2Endpoints(
                        [Endpoint(id: "h1", address: server)],
                        configure: {
                            $0.upstreamProtocol = kind
                            $0.upstreamTLS = try TLSClient(
                                trust: .certificates(in: files.chain),
                                serverName: "localhost"
                            )
                        }
                    ) { _, address in
                        let answers = try await withThrowingTaskGroup(of: ClientAnswer.self) { group in
                            for _ in 0..<8 { group.addTask { try await ask(address, get()) } }
                            return try await group.reduce(into: [ClientAnswer]()) { $0.append($1) }
                        }
                        if kind == .negotiated {
                            #expect(answers.allSatisfy { $0.body == "HTTP/1.1" })
                        } else {
                            #expect(answers.allSatisfy { $0.status == 503 })
                        }
                    }
                }
            }
        }
    }

    @Test("nginx is spoken to without encryption, from the first byte", .tools("nginx", "curl"))
    func priorKnowledge() async throws {
        try await Tool.withDirectory { directory in
            let port = try UnusedPort.next()
            let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
                "\($0)_temp_path \(directory)/\($0);"
            }
            try """
            daemon off; pid \(directory)/pid; error_log \(directory)/error.log; user root;
            events { worker_connections 1000; }
            http { access_log off; \(paths.joined(separator: " "))
            server { listen 127.0.0.1:\(port) http2; keepalive_requests 10;
            location / { return 200 "$server_protocol $http_x_ask|$http_x_hop|$http_connection|$host"; } } }
            """.write(toFile: directory + "/nginx.conf", atomically: false, encoding: .utf8)
            try await Tool.during("nginx", ["-p", directory, "-c", directory + "/nginx.conf"]) {
                let server = StreamAddress.loopback(port: port)
                try await Tool.awaitListener(server)
                try await withHTTP2Endpoints([Endpoint(id: "h2", address: server)]) { proxy, address in
                    let client = try await RawClient(address)
                    // It goes away after every tenth request.
                    for number in 0..<100 {
                        let answer = try await client.ask(
                            get("/", fields: "X-Ask: \(number)\r\nConnection: x-hop\r\nX-Hop: 1\r\n")
                        )
                        #expect(answer.body == "HTTP/2.0 \(number)|||example.org")
                    }
                    #expect(proxy.counters.endpoints["h2"]?.connected ?? 0 >= 9)
                }
            }
        }
    }
}
