// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Synchronization
import Testing

@testable import BalancerProxy

@Suite("What the proxy and the balancer tell each other", .serialized)
struct HTTPBalancingTests {
    @Test(
        "a load report in an answer's headers reaches the balancer and not the client",
        arguments: [
            "endpoint-load-metrics: TEXT cpu_utilization=0.9", "Endpoint-Load-Metrics-Json: {\"cpuUtilization\": 0.9}",
            "endpoint-load-metrics: JSON {\"cpuUtilization\": 0.9}",
        ]
    )
    func loadReport(field: String) async throws {
        let busy = try HTTPBackend { _ in HTTPBackend.ok("busy", fields: field + "\r\n") }
        let free = try HTTPBackend { _ in
            HTTPBackend.ok("free", fields: "endpoint-load-metrics: cpu_utilization:0.1\r\n")
        }
        try await withHTTPProxy(to: endpoints([busy, free]), policy: LeastUtilised()) { proxy, address in
            let client = try await RawClient(address)
            var answers: [ClientAnswer] = []
            for _ in 0..<60 { answers.append(try await client.ask(get())) }
            #expect(!answers.flatMap(\.lines).joined().lowercased().contains("endpoint-load-metrics"))
            #expect(answers.suffix(30).filter { $0.body == "free" }.count > 20)
            #expect(proxy.counters.endpoints["e1"]?.loadReports ?? 0 > 0)
        }
    }

    @Test("a load report in trailers is read and removed too")
    func loadReportInTrailers() async throws {
        let backend = try HTTPBackend { _ in
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n"
                + "endpoint-load-metrics: cpu_utilization:0.5\r\nX-Other: 1\r\n\r\n"
        }
        try await withHTTPProxy(to: endpoints([backend])) { proxy, address in
            let client = try await RawClient(address)
            try await client.send(get("/", fields: "Connection: close\r\n"))
            let answer = try await client.remainder()
            #expect(answer.hasSuffix("0\r\nX-Other: 1\r\n\r\n"))
            #expect(proxy.counters.endpoints["e0"]?.loadReports == 1)
        }
    }

    @Test(
        "equal keys go to one endpoint",
        arguments: [
            (RequestKey.header("X-User"), "X-User"), (.cookie("user"), "Cookie: other=1; user"),
        ]
    )
    func keys(key: RequestKey, field: String) async throws {
        let backends = try (0..<4).map { number in try HTTPBackend(text: "\(number)") }
        try await withHTTPProxy(
            to: endpoints(backends),
            policy: Maglev(),
            configure: { $0.keys = [key] }
        ) { _, address in
            let client = try await RawClient(address)
            let separator = field.contains(":") ? "=" : ": "
            var used: Set<String> = []
            for user in 0..<20 {
                let first = try await client.ask(get(fields: "\(field)\(separator)\(user)\r\n")).body
                let second = try await client.ask(get(fields: "\(field)\(separator)\(user)\r\n")).body
                #expect(first == second)
                used.insert(first)
            }
            #expect(used.count > 1)
        }
    }

    @Test("equal paths go to one endpoint, whatever the query")
    func pathKey() async throws {
        let backends = try (0..<4).map { number in try HTTPBackend(text: "\(number)") }
        try await withHTTPProxy(to: endpoints(backends), policy: Maglev(), configure: { $0.keys = [.path] }) {
            _,
            address in
            let client = try await RawClient(address)
            var used: Set<String> = []
            for number in 0..<20 {
                let first = try await client.ask(get("/\(number)?a=1")).body
                #expect(try await client.ask(get("/\(number)?b=2")).body == first)
                used.insert(first)
            }
            #expect(used.count > 1)
        }
    }

    @Test("a session's cookie keeps a client at its endpoint, and is set anew when that has gone")
    func session() async throws {
        let backends = try (0..<3).map { number in try HTTPBackend(text: "\(number)") }
        let all = endpoints(backends)
        try await withHTTPProxy(
            to: all,
            policy: SessionAffinity(.roundRobin),
            configure: { $0.sessionCookie = "route" }
        ) { proxy, address in
            let client = try await RawClient(address)
            let first = try await client.ask(get())
            let cookie = try #require(first.value("Set-Cookie")?.split(separator: ";").first)
            for _ in 0..<6 {
                let answer = try await client.ask(get(fields: "Cookie: a=b; \(cookie)\r\n"))
                #expect(answer.body == first.body)
                #expect(answer.value("Set-Cookie") == nil)
            }
            try proxy.balancer.update(all.filter { $0.id != "e\(first.body)" })
            let moved = try await client.ask(get(fields: "Cookie: \(cookie)\r\n"))
            #expect(moved.body != first.body)
            #expect(moved.value("Set-Cookie") != nil)
        }
    }

    @Test("the access log tells of each request once")
    func accessLog() async throws {
        let backend = try HTTPBackend(text: "hello")
        let records = Records()
        let configure = { (configuration: inout HTTPProxyConfiguration) in
            configuration.accessLog = { records.add($0) }
        }
        try await withHTTPProxy(to: endpoints([backend]), configure: configure) { _, address in
            let client = try await RawClient(address)
            _ = try await client.ask(get("/a?b"))
            _ = try await client.ask("POST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
            #expect(await eventually { records.all.count == 2 })
            let first = records.all[0]
            #expect(first.method == "GET" && first.target == "/a?b" && first.host == "example.org")
            #expect(first.status == 200 && first.answerBytes == 5 && first.endpoint == "e0" && first.attempts == 1)
            #expect(first.ending == .answered && first.version == "HTTP/1.1" && !first.isSecure)
            #expect(first.firstByte.map { $0 <= first.duration } == true)
            #expect(first.unixTime > 1_700_000_000)
            #expect(records.all[1].method == "POST")
        }
    }

    private final class Records: Sendable {
        private let records = Mutex<[HTTPAccessRecord]>([])

        var all: [HTTPAccessRecord] { records.withLock { $0 } }

        func add(_ record: HTTPAccessRecord) {
            records.withLock { $0.append(record) }
        }
    }

    @Test("the counters are written as Prometheus reads them")
    func prometheus() async throws {
        let backend = try HTTPBackend(text: "hello")
        let name = "we\"b\\1"
        try await withHTTPProxy(to: [Endpoint(id: name, address: backend.address)]) { proxy, address in
            let client = try await RawClient(address)
            for _ in 0..<3 { _ = try await client.ask(get()) }
            #expect(await eventually { proxy.counters.requests == 3 })
            let text = proxy.counters.prometheusText()
            let lines = text.split(separator: "\n").map(String.init)
            #expect(lines.contains("nestbox_proxy_answers_total{class=\"2xx\"} 3"))
            #expect(lines.contains("nestbox_proxy_request_seconds_count 3"))
            #expect(lines.contains("nestbox_proxy_request_seconds_bucket{le=\"+Inf\"} 3"))
            #expect(lines.contains("nestbox_proxy_endpoint_requests_total{endpoint=\"we\\\"b\\\\1\"} 3"))
            #expect(lines.allSatisfy { $0.hasPrefix("# ") || $0.split(separator: " ").count == 2 })
        }
    }
}
