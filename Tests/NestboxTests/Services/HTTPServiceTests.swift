// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import BalancerProxy
import ContainerKit
import ContainerNetwork
import Synchronization
import Testing

@testable import Nestbox

@Suite("A service that speaks HTTP", .runsWebServers)
struct HTTPServiceTests {
    @Test("each request of one connection is balanced for itself, and says where it came from")
    func perRequest() async throws {
        try await WebService.run(WebService.specification(3)) { _, replicas, port in
            let (answers, headers) = try await OwnThread.run {
                let connection = try WebConnection(port: port)
                let answers = try (0..<30).map { _ in try connection.get("/").body.filter { !$0.isNewline } }
                return (answers, try connection.get("/headers", fields: "X-Forwarded-For: 9.9.9.9\r\n").body)
            }
            let counts = Dictionary(grouping: answers) { $0 }.mapValues(\.count)
            #expect(Set(counts.keys) == Set(replicas.identifiers.map { String($0.prefix(12)) }))
            #expect(counts.values.allSatisfy { $0 == 10 })
            #expect(headers == "127.0.0.1|http|1.1 nestbox\n")
        }
    }

    @Test("no request is lost in 100 changes of the replicas under load")
    func changes() async throws {
        try await WebService.run(WebService.specification(1)) { _, replicas, port in
            let result = try await WebLoad.around(port) { _ in
                for _ in 0..<25 {
                    try await replicas.scale(to: 3)
                    try await replicas.scale(to: 1)
                }
            }
            #expect(result.failures == [])
            #expect(result.answered.count > 25)
        }
    }

    @Test("no request is lost while an update replaces every replica under load")
    func update() async throws {
        try await WebService.run(WebService.specification(3)) { _, replicas, port in
            let former = Set(replicas.identifiers)
            let result = try await WebLoad.around(port) { _ in
                for round in 0..<3 {
                    var next = replicas.specification
                    next.container.environment = ["ROUND=\(round)"]
                    try await replicas.update(to: next)
                }
            }
            #expect(result.failures == [])
            #expect(former.isDisjoint(with: replicas.identifiers))
        }
    }

    @Test("no idempotent request fails when replicas are killed under load, be it the only one", arguments: [1, 3])
    func kills(count: Int) async throws {
        try await WebService.run(WebService.specification(count)) { nestbox, replicas, port in
            let result = try await WebLoad.around(port) { load in
                for _ in 0..<5 {
                    try await WebService.killOne(of: replicas, on: nestbox, keeping: count)
                    let before = load.progress
                    while load.progress < before + 50 { try await Task.sleep(for: .milliseconds(5)) }
                }
            }
            #expect(result.failures == [])
            #expect(result.answered.count >= 5)
        }
    }

    @Test("a request waits for the first replica; a client that asks for nothing keeps none")
    func zero() async throws {
        var specification = try WebService.specification(0)
        specification.autoscaling = Autoscaling(minimum: 0, maximum: 2, metric: .concurrency, scaleInDelay: 0)
        try await WebService.run(specification) { _, replicas, port in
            #expect(replicas.identifiers.isEmpty)
            let connection = Mutex(try WebConnection(port: port))
            defer { withExtendedLifetime(connection) {} }
            for _ in 0..<2 {
                let status = try await OwnThread.run { try connection.withLock { try $0.get("/").status } }
                #expect(status == 200)
                while !replicas.identifiers.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            }
        }
    }

    @Test("the policy changes while the service runs, and no replica is replaced for it")
    func policy() async throws {
        try await WebService.run(WebService.specification(2)) { _, replicas, port in
            let former = replicas.identifiers
            let result = try await WebLoad.around(port) { _ in
                for policy in BalancingPolicy.all {
                    var next = replicas.specification
                    next.policy = policy
                    try await replicas.update(to: next)
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            #expect(result.failures == [])
            #expect(replicas.identifiers == former)
            // The last of them keeps a client's requests together.
            let bodies = try await OwnThread.run {
                let connection = try WebConnection(port: port)
                return try Set((0..<20).map { _ in try connection.get("/").body })
            }
            #expect(bodies.count == 1)
            try await replicas.scale(to: 1)
            #expect(replicas.identifiers.count == 1)
        }
    }

    @Test("HTTP/2 is spoken with the containers where that is asked for, and no request is lost when they change")
    func secondVersion() async throws {
        var specification = try WebService.specification(2)
        specification.container.ports = try PortMapping.parse("127.0.0.1::81")
        specification.http?.speaksHTTP2 = true
        try await WebService.run(specification) { _, replicas, port in
            let names = Set(replicas.identifiers.map { "HTTP/2.0 \($0.prefix(12))\n" })
            let bodies = try await OwnThread.run {
                let connection = try WebConnection(port: port)
                return try Set((0..<20).map { _ in try connection.get("/").body })
            }
            #expect(bodies == names)
            let result = try await WebLoad.around(port) { _ in
                try await replicas.scale(to: 3)
                try await replicas.scale(to: 1)
            }
            #expect(result.failures == [])
        }
    }

    @Test("a session stays with its replica as its cookie says")
    func session() async throws {
        var specification = try WebService.specification(3)
        specification.http?.sessionCookie = "nest"
        try await WebService.run(specification) { _, _, port in
            let (first, later) = try await OwnThread.run {
                let connection = try WebConnection(port: port)
                let first = try connection.get("/")
                let cookie =
                    first.head.split(whereSeparator: \.isNewline)
                    .first { $0.lowercased().hasPrefix("set-cookie:") }?
                    .split(separator: ":", maxSplits: 1)[1].split(separator: ";")[0] ?? ""
                return (
                    first, try Set((0..<20).map { _ in try connection.get("/", fields: "Cookie:\(cookie)\r\n").body })
                )
            }
            #expect(later == [first.body])
        }
    }

    @Test("replicas grow by the load that their answers report, which clients do not see")
    func reports() async throws {
        var specification = try WebService.specification(1)
        specification.policy = .leastCPU
        specification.autoscaling = Autoscaling(maximum: 3, metric: .reported, target: 0.4, scaleInDelay: 60)
        try await WebService.run(specification) { _, replicas, port in
            let head = try await OwnThread.run { try WebConnection(port: port).get("/report").head }
            #expect(!head.lowercased().contains("endpoint-load-metrics"))
            let result = try await WebLoad.around(port, path: "/report", clients: 2) { _ in
                while replicas.identifiers.count < 3 { try await Task.sleep(for: .milliseconds(20)) }
            }
            #expect(result.failures == [])
        }
    }

    @Test("a replica's processor time is known to the balancer without the replica saying anything")
    func processorTime() async throws {
        var specification = try WebService.specification(2)
        specification.policy = .leastCPU
        specification.container.limits.processors = 0.1
        specification.container.command = ["/bin/sh", "-c", "/usr/sbin/nginx -c /etc/nginx.conf & while :; do :; done"]
        try await WebService.run(specification) { _, replicas, _ in
            #expect(replicas.identifiers.count == 2)
            for identifier in replicas.identifiers {
                while replicas.ports[0].reported(by: identifier) ?? 0 < 0.5 {
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
        }
    }

    @Test("a replica that becomes unhealthy is replaced")
    func unhealthy() async throws {
        var specification = try WebService.specification(2)
        var check = HealthCheck(["/bin/test", "!", "-e", "/tmp/ill"])
        check.interval = 50_000_000
        check.retries = 2
        specification.container.health = check
        try await WebService.run(specification) { nestbox, replicas, port in
            let victim = replicas.identifiers[0]
            let result = try await WebLoad.around(port, clients: 2) { _ in
                let process = try await nestbox.execute(ExecutionOptions(["/bin/touch", "/tmp/ill"]), in: victim)
                _ = try await process.wait()
                while replicas.identifiers.contains(victim) || replicas.identifiers.count < 2 {
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            #expect(result.failures == [])
        }
    }

    @Test("every request is logged with its replica, and counted")
    func observed() async throws {
        var specification = try WebService.specification(2)
        specification.http?.logsRequests = true
        try await WebService.run(specification) { nestbox, replicas, port in
            _ = try await OwnThread.run {
                let connection = try WebConnection(port: port)
                for number in 0..<10 { _ = try connection.get("/page\(number)?a=b") }
            }
            var lines: [String] = []
            while lines.count < 10 {
                lines = []
                for try await entry in try nestbox.requests(of: "web") { lines.append(entry.text) }
                try await Task.sleep(for: .milliseconds(20))
            }
            let names = replicas.identifiers.map { $0.prefix(12) }
            for (number, line) in lines.enumerated() {
                #expect(line.hasPrefix(#"127.0.0.1 "GET /page\#(number)?a=b HTTP/1.1" 200 13 "#))
                #expect(names.contains { line.contains(" \($0) 1 answered") })
            }
            let metrics = try #require(replicas.metrics)
            #expect(metrics.contains("nestbox_service_answers_total{class=\"2xx\"} 10"))
            #expect(metrics.contains("nestbox_service_replicas 2"))
            while !((try? nestbox.metrics(of: "web"))?.contains("answers_total{class=\"2xx\"} 10") ?? false) {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test("an embedding program is told each request")
    func observer() async throws {
        try await withNestbox { nestbox in
            var container = ContainerSpecification(image: "box", command: ["httpd", "-f", "-p", "80", "-h", "/www"])
            container.ports = try PortMapping.parse("127.0.0.1::80")
            var specification = ServiceSpecification(name: "web", replicas: 1, container: container)
            specification.http = HTTPOptions()
            let (targets, sink) = AsyncStream.makeStream(of: String.self)
            let replicas = try await nestbox.launch(specification) { sink.yield("\($0.target) \($0.status)") }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await replicas.run() }
                let port = try #require(replicas.publishedPorts.first?.hostPort)
                var iterator = targets.makeAsyncIterator()
                var told: String?
                // Before the replica listens there may be answers of the proxy's own.
                repeat {
                    _ = await WebClient.isAnswered("/missing", port: port)
                    told = await iterator.next()
                } while told == "/missing 502" || told == "/missing 503"
                #expect(told == "/missing 404")
                tasks.cancelAll()
            }
        }
    }

    @Test("what can't be served is refused before anything is made")
    func refused() async throws {
        try await withNestbox { nestbox in
            let changes: [(inout ServiceSpecification) -> Void] = [
                { $0.http?.certificate = "/etc/ssl/none.pem" },
                {
                    $0.http?.certificate = "relative.pem"; $0.http?.privateKey = "/key.pem"
                },
                { $0.http?.hashBy = "mood" },
                { $0.http?.attempts = 0 },
                {
                    $0.http = nil; $0.policy = .maglev
                },
                {
                    $0.http?.certificate = "/nosuch/chain.pem"; $0.http?.privateKey = "/nosuch/key.pem"
                },
            ]
            for change in changes {
                var specification = try WebService.specification(1)
                specification.container.image = "box"
                change(&specification)
                await #expect(throws: NestboxError.self) { try await nestbox.launch(specification) }
                #expect(try nestbox.services().isEmpty)
                #expect(try nestbox.containers().isEmpty)
            }
        }
    }
}
