// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Glibc
import Testing

@testable import BalancerProxy

@Suite("Datagrams on their way to endpoints and back")
struct DatagramForwardingTests {
    @Test("clients are spread over the endpoints, and what a client sends goes to one of them")
    func spread() async throws {
        let servers = try ["a", "b", "c"].map { try DatagramServer.named($0) }
        try await withDatagramProxy(to: servers.map(\.endpoint)) { proxy, address in
            var seen: [String: Int] = [:]
            var clients: [DatagramPeer] = []
            for _ in 0..<9 {
                let client = try DatagramPeer(to: address)
                clients.append(client)
                let first = try await client.ask("1")
                for question in 2...5 { #expect(try await client.ask("\(question)") == first) }
                seen[first, default: 0] += 1
            }
            #expect(seen == ["a": 3, "b": 3, "c": 3])
            #expect(servers.map(\.datagrams) == [15, 15, 15])
            let counters = proxy.counters
            #expect(counters.flows == 9 && counters.active == 9 && counters.dropped == 0)
            #expect(counters.endpoints.mapValues(\.active) == seen)
            #expect(counters.endpoints.values.map(\.bytesSent) == [15, 15, 15])
            #expect(proxy.balancer.inFlight(on: "a") == 3)
            withExtendedLifetime(clients) {}
        }
    }

    @Test("datagrams of every size arrive whole: none, one byte, the largest", arguments: [0, 1, 1472, 1473, 65_507])
    func sizes(count: Int) async throws {
        let server = try DatagramServer("echo") { $0 }
        try await withDatagramProxy(to: [server.endpoint]) { _, address in
            let client = try DatagramPeer(to: address)
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(try await Thread.run { try client.ask(bytes) } == bytes)
        }
    }

    @Test(
        "answers leave from the address that was asked, also where the listener has all of them",
        arguments: [("0.0.0.0", "127.0.0.2"), ("0.0.0.0", "127.0.0.1"), ("::", "::1")]
    )
    func addresses(listening: String, asked: String) async throws {
        let server = try DatagramServer.named("a")
        let any = try StreamAddress(ip: listening, port: 0)
        try await withDatagramProxy(to: [server.endpoint], at: [any]) { proxy, address in
            // It takes an answer from no other address than the one it asks.
            let client = try DatagramPeer(to: StreamAddress(ip: asked, port: address.port ?? 0))
            #expect(try await client.ask("who") == "a")
            #expect(proxy.counters.dropped == 0)
        }
    }

    @Test("one client at two addresses of the host has two answers, each from where it asked")
    func twoAddresses() async throws {
        let server = try DatagramServer("echo") { $0 }
        try await withDatagramProxy(to: [server.endpoint], at: [StreamAddress("0.0.0.0:0")]) { proxy, address in
            let first = try DatagramPeer(to: .loopback(port: address.port ?? 0))
            let second = try DatagramPeer(to: StreamAddress(ip: "127.0.0.3", port: address.port ?? 0))
            for turn in 0..<4 {
                #expect(try await first.ask("first \(turn)") == "first \(turn)")
                #expect(try await second.ask("second \(turn)") == "second \(turn)")
            }
            #expect(proxy.counters.active == 2)
        }
    }

    @Test("an endpoint may answer more than once, or without being asked again")
    func manyAnswers() async throws {
        let peer = try DatagramPeer(at: .loopback(port: 0))
        let endpoint = Endpoint(id: "many", address: try peer.address)
        try await withDatagramProxy(to: [endpoint]) { proxy, address in
            let client = try DatagramPeer(to: address)
            peer.serve { bytes in bytes.isEmpty ? nil : bytes }
            try client.send([1])
            try client.send([2])
            try client.send([3])
            let answers = try await Thread.run { [try client.receive(), try client.receive(), try client.receive()] }
            #expect(answers == [[1], [2], [3]])
            #expect(proxy.counters.endpoints["many"]?.bytesReceived == 3)
            try client.send([])
        }
    }

    @Test("many clients at once, on two listeners: every answer is the right client's")
    func crowd() async throws {
        let servers = try (0..<4).map { try DatagramServer("e\($0)") { $0 } }
        let addresses: [StreamAddress] = [.loopback(port: 0), try StreamAddress("127.0.0.2:0")]
        try await withDatagramProxy(to: servers.map(\.endpoint), at: addresses) { proxy, _ in
            let targets = proxy.localAddresses
            let wrong = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for number in 0..<64 {
                    tasks.addTask {
                        try await Thread.run {
                            let client = try DatagramPeer(to: targets[number % 2])
                            return try (0..<50).count {
                                try client.ask(Array("\(number) \($0)".utf8))
                                    != Array("\(number) \($0)".utf8)
                            }
                        }
                    }
                }
                return try await tasks.reduce(0, +)
            }
            #expect(wrong == 0)
            #expect(proxy.counters.flows == 64)
            #expect(servers.map(\.datagrams).reduce(0, +) == 3200)
            #expect(proxy.counters.endpoints.values.allSatisfy { $0.connected == 16 })
        }
    }
}
