// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("Under load")
struct LoadTests {
    /// One client that sends and receives a few times and checks every byte.
    private static func converse(_ address: StreamAddress, rounds: Int) throws -> Bool {
        let client = try TestSocket(to: address)
        for round in 0..<rounds {
            let message = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 1 + round * 997 % 5000)
            try client.write(message)
            guard try client.read(exactly: message.count) == message else { return false }
        }
        client.finishWriting()
        return try client.readToEnd().isEmpty
    }

    @Test("300 clients at once are all served, and none is counted afterwards")
    func concurrent() async throws {
        let servers = try (0..<4).map { _ in try TestServer.echo() }
        try await withProxy(to: endpoints(servers)) { proxy, address in
            let served = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<300 {
                    group.addTask { try await Thread.run { try Self.converse(address, rounds: 20) } }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(served == 300)
            #expect(await eventually { proxy.counters.active == 0 })
            #expect(proxy.counters.accepted == 300)
            #expect(proxy.counters.endpoints.values.reduce(0) { $0 + $1.connected } == 300)
            #expect(proxy.counters.endpoints.values.allSatisfy { $0.connected >= 50 && $0.active == 0 })
            #expect(proxy.balancer.status().allSatisfy { $0.inFlight == 0 })
        }
    }

    @Test("no client is lost in 100 changes of the endpoints under load")
    func liveChange() async throws {
        let servers = try (0..<4).map { _ in try TestServer.echo() }
        let all = endpoints(servers)
        try await withProxy(to: all) { proxy, address in
            let isChanging = Counter()
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var lost = 0
                        while isChanging.value == 0 {
                            let served = try? await Thread.run { try Self.converse(address, rounds: 3) }
                            if served != true { lost += 1 }
                        }
                        return lost
                    }
                }
                var changes = 0
                while changes < 100 || proxy.counters.accepted < 300 {
                    try proxy.balancer.update(changes.isMultiple(of: 2) ? Array(all[..<2]) : Array(all[2...]))
                    try await Task.sleep(for: .milliseconds(10))
                    changes += 1
                }
                isChanging.add(1)
                let lost = try await group.reduce(0, +)
                #expect(lost == 0)
            }
            #expect(proxy.counters.refused == 0)
        }
    }

    @Test("a removed endpoint keeps its connections until it is disconnected")
    func removal() async throws {
        let servers = try (0..<2).map { _ in try TestServer.echo() }
        let set = endpoints(servers)
        try await withProxy(to: [set[0]]) { proxy, address in
            let client = try await TestSocket.connect(to: address)
            #expect(try await client.exchange("a", answer: 1) == "a")
            try proxy.balancer.update([set[1]])
            #expect(try await client.exchange("b", answer: 1) == "b")
            _ = try await Thread.run { try Self.converse(address, rounds: 1) }
            #expect(servers[1].clients == 1)
            proxy.disconnect(endpoint: "e0")
            await #expect(throws: SystemCallError.self) { try await client.remainder() }
            #expect(await eventually { proxy.counters.endpoints["e0"]?.active ?? 0 == 0 })
        }
    }

    @Test("clients over the limit wait in the queue and are served when others leave")
    func limit() async throws {
        let server = try TestServer.greeter("hello")
        try await withProxy(to: endpoints([server]), configure: { $0.maxConnections = 3 }) { proxy, address in
            let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<60 {
                    group.addTask { try await Thread.run { try TestSocket(to: address).readToEnd() } }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 60)
            #expect(answers.allSatisfy { $0 == Array("hello".utf8) })
            #expect(proxy.counters.accepted == 60)
        }
    }

    @Test("a client over the limit is not served before another one leaves")
    func limitHolds() async throws {
        let server = try TestServer.echo()
        try await withProxy(to: endpoints([server]), configure: { $0.maxConnections = 1 }) { proxy, address in
            let first = try await TestSocket.connect(to: address)
            #expect(try await first.exchange("1", answer: 1) == "1")
            let second = try await TestSocket.connect(to: address)
            async let answer = second.exchange("2", answer: 1)
            try await Task.sleep(for: .milliseconds(100))
            #expect(proxy.counters.active == 1)
            #expect(server.clients == 1)
            first.finishWriting()
            #expect(try await answer == "2")
        }
    }
}
