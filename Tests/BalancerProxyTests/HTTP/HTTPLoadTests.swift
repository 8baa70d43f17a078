// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Synchronization
import Testing

@testable import BalancerProxy

@Suite("HTTP under load", .serialized)
struct HTTPLoadTests {
    /// Sends requests on one connection after the other until told to stop, and counts those without a whole answer.
    private static func keepAsking(_ address: StreamAddress, until stop: Counter, served: Counter) async -> Int {
        var lost = 0
        while stop.value == 0 {
            do {
                let client = try await RawClient(address)
                for _ in 0..<20 where stop.value == 0 {
                    let answer = try await client.ask(get())
                    if answer.status == 200, answer.body.hasPrefix("hello") { served.add(1) } else { lost += 1 }
                    if answer.value("Connection") == "close" { break }
                }
            } catch {
                lost += 1
            }
        }
        return lost
    }

    @Test("no request is lost in 100 changes of the endpoints under load")
    func liveChange() async throws {
        let backends = try (0..<4).map { number in try HTTPBackend(text: "hello \(number)") }
        let all = endpoints(backends)
        try await withHTTPProxy(to: all) { proxy, address in
            let stop = Counter()
            let served = Counter()
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { await Self.keepAsking(address, until: stop, served: served) }
                }
                var changes = 0
                while changes < 100 || served.value < 500 {
                    try proxy.balancer.update(changes.isMultiple(of: 2) ? Array(all[..<2]) : Array(all[2...]))
                    try await Task.sleep(for: .milliseconds(10))
                    changes += 1
                }
                stop.add(1)
                #expect(try await group.reduce(0, +) == 0)
            }
            #expect(backends.allSatisfy { $0.requests.count > 20 })
            #expect(proxy.counters.answers[2] == UInt64(served.value))
        }
    }

    @Test("no idempotent request is lost when endpoints are cut off again and again", .timeLimit(.minutes(2)))
    func cutOff() async throws {
        let backends = try (0..<3).map { number in try HTTPBackend(text: "hello \(number)") }
        try await withHTTPProxy(to: endpoints(backends)) { proxy, address in
            let stop = Counter()
            let served = Counter()
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask { await Self.keepAsking(address, until: stop, served: served) }
                }
                for round in 0..<50 {
                    // However slow the machine is: a request that is cut off at each attempt may be lost.
                    let before = served.value
                    proxy.disconnect(endpoint: "e\(round % 3)")
                    repeat { try await Task.sleep(for: .milliseconds(10)) } while served.value < before + 8
                }
                stop.add(1)
                #expect(try await group.reduce(0, +) == 0)
            }
            #expect(served.value > 0)
        }
    }

    @Test("a shutdown under load loses no request that the proxy has taken")
    func shutdown() async throws {
        let backend = try HTTPBackend { _ in
            Thread.pause(milliseconds: 5)
            return HTTPBackend.ok("hello")
        }
        let proxy = try HTTPProxy(
            listeners: [TCPListener(.loopback(port: 0))],
            balancer: LoadBalancer(policy: .roundRobin, endpoints: endpoints([backend]))
        )
        async let running: Void = proxy.run()
        let address = proxy.localAddresses[0]
        let lost = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let client = try await RawClient(address)
                    while true {
                        let answer = try await client.ask(get())
                        if answer.status != 200 { return 1 }
                        if answer.value("Connection") == "close" { return 0 }
                    }
                }
            }
            try await Task.sleep(for: .milliseconds(200))
            proxy.shutdown(within: .seconds(10))
            return try await group.reduce(0, +)
        }
        try await running
        #expect(lost == 0)
        #expect(proxy.counters.active == 0)
    }

    @Test("the policy can be changed under load")
    func policyChange() async throws {
        let backends = try (0..<2).map { number in try HTTPBackend(text: "hello \(number)") }
        try await withHTTPProxy(to: endpoints(backends)) { proxy, address in
            let client = try await RawClient(address)
            for _ in 0..<4 { _ = try await client.ask(get()) }
            let balancer = try LoadBalancer(policy: .roundRobin, endpoints: [endpoints(backends)[1]])
            proxy.use(balancer)
            #expect(await eventually { proxy.balancer === balancer })
            // The threads take it up one after the other.
            try await Task.sleep(for: .milliseconds(50))
            for _ in 0..<4 { #expect(try await client.ask(get()).body == "hello 1") }
        }
    }

    @Test("a request waits for the first endpoint, if it may")
    func waiting() async throws {
        let backend = try HTTPBackend(text: "hello")
        try await withHTTPProxy(to: [], configure: { $0.endpointWait = .seconds(20) }) { proxy, address in
            let client = try await RawClient(address)
            async let answer = client.ask(get())
            try await Task.sleep(for: .milliseconds(100))
            try proxy.balancer.update(endpoints([backend]))
            #expect(try await answer.body == "hello")
        }
    }

    @Test("a client that takes nothing makes its endpoint wait instead of filling memory")
    func backpressure() async throws {
        let sent = Counter()
        let server = try TestServer { socket in
            _ = try socket.read()
            try socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let piece = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
            for _ in 0..<1000 {
                try socket.write(piece)
                sent.add(1)
            }
            try socket.write("0\r\n\r\n")
        }
        try await withHTTPProxy(to: endpoints([server])) { _, address in
            let client = try await RawClient(address)
            try await client.send(get("/", fields: "Connection: close\r\n"))
            try await Task.sleep(for: .milliseconds(500))
            let held = sent.value
            // More than all of the kernel's buffers on the way hold, and far less than there is.
            #expect(held < 800)
            let all = try await client.socket.remainder()
            #expect(all.count > 65_536_000)
        }
    }

    @Test("an endpoint that takes nothing makes its client wait instead of filling memory")
    func uploadBackpressure() async throws {
        let go = Counter()
        let server = try TestServer { socket in
            _ = try socket.read(atMost: 100)
            while go.value == 0 { Thread.pause(milliseconds: 5) }
            var count = 0
            while count < 20_000_000 { count += try socket.read().count }
            try socket.write(HTTPBackend.ok("taken"))
        }
        try await withHTTPProxy(to: endpoints([server])) { _, address in
            let client = try await RawClient(address)
            let sent = Counter()
            async let upload: Void = Thread.run { [socket = client.socket] in
                try socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000200\r\n\r\n")
                let piece = [UInt8](repeating: 120, count: 20_000)
                for _ in 0..<1000 {
                    try socket.write(piece)
                    sent.add(1)
                }
                try socket.write([UInt8](repeating: 120, count: 200))
            }
            try await Task.sleep(for: .milliseconds(300))
            #expect(sent.value < 900)
            go.add(1)
            try await upload
            #expect(try await client.answer().body == "taken")
        }
    }
}
