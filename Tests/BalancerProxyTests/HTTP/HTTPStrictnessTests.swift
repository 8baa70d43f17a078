// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("Hostile HTTP clients", .serialized)
struct HTTPStrictnessTests {
    @Test(
        "a malformed request is answered and its connection closed, and nothing of it reaches an endpoint",
        arguments: [
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
            ("GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n", 400),
            ("GET / HTTP/1.1\nHost: a\n\n", 400),
            ("GET / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
            ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
            ("GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", 417),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
            ("GET /\(String(repeating: "x", count: 40_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n", 431),
            ("GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: y\r\n", count: 200))\r\n", 431),
        ]
    )
    func refused(request: String, status: Int) async throws {
        let backend = try HTTPBackend(text: "reached")
        try await withHTTPProxy(to: endpoints([backend])) { proxy, address in
            let client = try await RawClient(address)
            let answer = try await client.ask(request + get("/smuggled"))
            #expect(answer.status == status)
            #expect(answer.value("Connection") == "close")
            #expect(try await client.remainder().isEmpty)
            #expect(backend.requests.isEmpty)
            #expect(proxy.counters.rejected == 1)
        }
    }

    @Test("a body over the limit is refused, by its length and by its bytes")
    func bodyLimit() async throws {
        let backend = try HTTPBackend(text: "reached")
        try await withHTTPProxy(to: endpoints([backend]), configure: { $0.limits.requestBodyBytes = 10 }) {
            _,
            address in
            let first = try await RawClient(address)
            #expect(try await first.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n").status == 413)
            #expect(backend.requests.isEmpty)
            let second = try await RawClient(address)
            try await second.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n")
            #expect(try await second.ask("8\r\n12345678\r\n0\r\n\r\n").status == 413)
            // What was within the limit may have reached the endpoint, as it streams.
            #expect(backend.requests.allSatisfy { $0.body.count <= 10 })
        }
    }

    @Test("slow headers and slow bodies are answered 408")
    func slow() async throws {
        let backend = try HTTPBackend(text: "reached")
        let configure = { (configuration: inout HTTPProxyConfiguration) in
            configuration.timeouts.requestHead = .milliseconds(300)
            configuration.timeouts.requestBodyIdle = .milliseconds(300)
        }
        try await withHTTPProxy(to: endpoints([backend]), configure: configure) { _, address in
            let head = try await RawClient(address)
            try await head.send("GET / HTTP/1.1\r\nHost: a\r\n")
            #expect(try await head.answer().status == 408)
            let body = try await RawClient(address)
            try await body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n123")
            #expect(try await body.answer().status == 408)
        }
    }

    @Test("a head that drips does not gain time by each byte")
    func drip() async throws {
        let backend = try HTTPBackend(text: "reached")
        let configure = { (configuration: inout HTTPProxyConfiguration) in
            configuration.timeouts.requestHead = .milliseconds(400)
        }
        try await withHTTPProxy(to: endpoints([backend]), configure: configure) { _, address in
            let client = try await RawClient(address)
            try await client.send("GET / HTTP/1.1\r\nX: ")
            for _ in 0..<100 {
                try? await client.send("y")
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await client.answer().status == 408)
        }
    }

    @Test("what a client says of its origin is replaced by what the proxy sees")
    func spoofing() async throws {
        let backend = try HTTPBackend(text: "ok")
        let spoofed = [
            "X-Forwarded-For: 6.6.6.6", "x_forwarded_for: 6.6.6.6", "X-Forwarded-Proto: https",
            "X-Forwarded-Host: evil", "X-Forwarded-Port: 1", "X-Real-IP: 6.6.6.6", "Forwarded: for=6.6.6.6",
            "Connection: X-Forwarded-For, Via", "Via: 1.1 other", "Proxy-Connection: keep-alive", "Keep-Alive: 1",
        ]
        try await withHTTPProxy(to: endpoints([backend])) { _, address in
            let client = try await RawClient(address)
            _ = try await client.ask(get(fields: spoofed.map { $0 + "\r\n" }.joined()))
            let request = try #require(backend.requests.first)
            #expect(!request.lines.joined().contains("6.6.6.6"))
            #expect(!request.lines.joined().contains("evil"))
            #expect(request.value("X-Forwarded-For") == "127.0.0.1")
            #expect(request.value("X-Forwarded-Proto") == "http")
            #expect(request.value("X-Forwarded-Host") == "example.org")
            #expect(!request.has("X-Real-IP") && !request.has("X-Forwarded-Port") && !request.has("Forwarded"))
            #expect(!request.has("Connection") && !request.has("Keep-Alive") && !request.has("Proxy-Connection"))
            #expect(request.lines.filter { $0.hasPrefix("Via:") } == ["Via: 1.1 other", "Via: 1.1 nestbox"])
        }
    }

    @Test("behind a proxy that is trusted, its word stands and the own address is added")
    func appended() async throws {
        let backend = try HTTPBackend(text: "ok")
        let configure = { (configuration: inout HTTPProxyConfiguration) in
            configuration.forwarding.clientHeaders = .append
            configuration.forwarding.sendsForwarded = true
        }
        try await withHTTPProxy(to: endpoints([backend]), configure: configure) { _, address in
            let client = try await RawClient(address)
            let fields = "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nForwarded: for=1.2.3.4\r\n"
            _ = try await client.ask(get(fields: fields))
            let request = try #require(backend.requests.first)
            #expect(request.value("X-Forwarded-For") == "1.2.3.4, 127.0.0.1")
            #expect(request.value("X-Forwarded-Proto") == "https")
            #expect(request.value("Forwarded") == "for=1.2.3.4, for=127.0.0.1;host=\"example.org\";proto=http")
        }
    }

    @Test("a client that goes away takes its request with it")
    func gone() async throws {
        let server = try TestServer { socket in
            _ = try socket.read()
            _ = try socket.read()
        }
        try await withHTTPProxy(to: endpoints([server])) { proxy, address in
            var client: RawClient? = try await RawClient(address)
            try await client?.send(get())
            #expect(await eventually { proxy.balancer.status()[0].inFlight == 1 })
            client = nil
            #expect(await eventually { proxy.balancer.status()[0].inFlight == 0 })
            #expect(await eventually { proxy.counters.clientGone == 1 })
            #expect(await eventually { proxy.counters.active == 0 })
        }
    }
}
