// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import BalancerProxy

@Suite("Figures by HTTP")
struct MetricsServerTests {
    /// Runs a server while something is asked of it.
    private func withServer(
        _ text: @escaping @Sendable () -> String,
        _ body: (StreamAddress) async throws -> Void
    ) async throws {
        let server = try MetricsServer(TCPListener(.loopback(port: 0)))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await server.run(text) }
            try await body(server.localAddress)
            tasks.cancelAll()
        }
    }

    private func ask(_ address: StreamAddress, _ request: String) async throws -> String {
        let client = try await TestSocket.connect(to: address)
        try await Thread.run { try client.write(request) }
        return String(decoding: try await client.remainder(), as: UTF8.self)
    }

    @Test("the text is made anew for each request, whatever its size")
    func text() async throws {
        let calls = Counter()
        let long = String(repeating: "x 1\n", count: 500_000)
        try await withServer({
            calls.add(1)
            return "calls \(calls.value)\n" + long
        }) { address in
            for number in 1...3 {
                let answer = try await ask(address, "GET /metrics?a=b HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(
                    answer.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n")
                )
                #expect(answer.hasSuffix("\r\n\r\ncalls \(number)\n" + long))
            }
            let head = try await ask(address, "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(head.hasSuffix("\r\n\r\n"))
            #expect(head.contains("Content-Length: \(8 + long.utf8.count)\r\n"))
        }
    }

    @Test(
        "all else is refused, and the next client is served",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 404), ("POST /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 405),
            ("GET /metrics HTTP/1.1\r\n\r\n", 400), ("nonsense\r\n\r\n", 400),
            ("GET /metrics HTTP/1.1\r\nHost: x\r\nA: " + String(repeating: "a", count: 9000) + "\r\n\r\n", 431),
        ]
    )
    func refused(request: String, status: Int) async throws {
        try await withServer({ "fine 1\n" }) { address in
            let refusal = try await ask(address, request)
            #expect(refusal.hasPrefix("HTTP/1.1 \(status) "))
            let next = try await ask(address, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(next.hasSuffix("fine 1\n"))
        }
    }

    @Test("more clients than are served at once wait for their turn")
    func crowd() async throws {
        try await withServer({ "fine 1\n" }) { address in
            var silent: [TestSocket] = []
            for _ in 0..<64 { silent.append(try await TestSocket.connect(to: address)) }
            let late = try await TestSocket.connect(to: address)
            try await Thread.run { try late.write("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n") }
            silent = []
            #expect(String(decoding: try await late.remainder(), as: UTF8.self).hasSuffix("fine 1\n"))
        }
    }
}
