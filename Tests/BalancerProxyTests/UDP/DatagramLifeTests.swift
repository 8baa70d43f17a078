// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Glibc
import Testing

@testable import BalancerProxy

@Suite("Clients of a UDP proxy: when they have an endpoint, and how long")
struct DatagramLifeTests {
    @Test("a first datagram that no one takes goes to another endpoint")
    func refused() async throws {
        let server = try DatagramServer.named("alive")
        let endpoints = [
            Endpoint(id: "dead", address: try UnusedPort.address()),
            Endpoint(id: "gone", address: try UnusedPort.address()),
            server.endpoint,
        ]
        try await withDatagramProxy(to: endpoints) { proxy, address in
            for _ in 0..<6 {
                let client = try DatagramPeer(to: address)
                #expect(try await client.ask("who") == "alive")
            }
            #expect(server.datagrams == 6)
            #expect(proxy.counters.failedEndpoints > 0)
            #expect(proxy.counters.endpoints["dead"]?.active == 0)
            #expect(proxy.balancer.inFlight(on: "dead") == 0 && proxy.balancer.inFlight(on: "gone") == 0)
        }
    }

    @Test("where no endpoint takes it, the datagram is dropped, and the next one is tried anew")
    func allDead() async throws {
        let address = try UnusedPort.address()
        try await withDatagramProxy(to: [Endpoint(id: "late", address: address)]) { proxy, front in
            let client = try DatagramPeer(to: front)
            try client.send([1])
            #expect(await eventually { proxy.counters.dropped == 1 && proxy.counters.active == 0 })
            let server = try DatagramServer("late", at: address) { _ in Array("here".utf8) }
            #expect(try await client.ask("who") == "here")
            withExtendedLifetime(server) {}
        }
    }

    @Test("clients of an endpoint that dies go on with another at their next datagram that is refused")
    func death() async throws {
        let servers = try [DatagramServer.named("a"), DatagramServer.named("b")]
        try await withDatagramProxy(to: servers.map(\.endpoint)) { proxy, address in
            let clients = try (0..<4).map { _ in try DatagramPeer(to: address) }
            for client in clients { _ = try await client.ask("who") }
            servers[0].end()
            for client in clients {
                client.wait(seconds: 0, microseconds: 200_000)
                var answer = ""
                // The datagram by which the proxy learns of the death is lost.
                for _ in 0..<50 where answer != "b" { answer = (try? await client.ask("who")) ?? "" }
                #expect(answer == "b")
            }
            #expect(await eventually { proxy.balancer.inFlight(on: "a") == 0 })
        }
    }

    @Test("clients of an endpoint that has left the balancer go on with another")
    func removal() async throws {
        let servers = try [DatagramServer.named("a"), DatagramServer.named("b")]
        try await withDatagramProxy(to: servers.map(\.endpoint)) { proxy, address in
            let clients = try (0..<4).map { _ in try DatagramPeer(to: address) }
            for client in clients { _ = try await client.ask("who") }
            try proxy.balancer.apply([.remove(id: "a")])
            #expect(await eventually { proxy.counters.active == 2 })
            for client in clients { #expect(try await client.ask("who") == "b") }
        }
    }

    @Test("clients of an endpoint are sent elsewhere at once when that is asked for")
    func disconnecting() async throws {
        let servers = try [DatagramServer.named("a"), DatagramServer.named("b")]
        try await withDatagramProxy(to: servers.map(\.endpoint)) { proxy, address in
            let clients = try (0..<4).map { _ in try DatagramPeer(to: address) }
            for client in clients { _ = try await client.ask("who") }
            proxy.disconnect(endpoint: "b")
            #expect(await eventually { proxy.balancer.inFlight(on: "b") == 0 })
            #expect(proxy.counters.active == 2)
        }
    }

    @Test("an endpoint that drains gets no new clients, and keeps those that it has")
    func draining() async throws {
        let servers = try [DatagramServer.named("a"), DatagramServer.named("b")]
        try await withDatagramProxy(to: servers.map(\.endpoint), configure: { $0.quietTime = .seconds(60) }) {
            proxy,
            address in
            let clients = try (0..<2).map { _ in try DatagramPeer(to: address) }
            var homes: [String] = []
            for client in clients { homes.append(try await client.ask("who")) }
            let ofA = try #require(homes.firstIndex(of: "a"))
            try proxy.balancer.apply([.setDraining(id: "a", true)])
            for _ in 0..<4 {
                let client = try DatagramPeer(to: address)
                #expect(try await client.ask("who") == "b")
            }
            #expect(try await clients[ofA].ask("who") == "a")
        }
    }

    @Test("a client of an endpoint that drains goes on with another once it has been quiet")
    func drained() async throws {
        let servers = try [DatagramServer.named("a"), DatagramServer.named("b")]
        try await withDatagramProxy(to: servers.map(\.endpoint), configure: { $0.quietTime = .milliseconds(50) }) {
            proxy,
            address in
            let clients = try (0..<2).map { _ in try DatagramPeer(to: address) }
            for client in clients { _ = try await client.ask("who") }
            try proxy.balancer.apply([.setDraining(id: "a", true)])
            #expect(await eventually { proxy.balancer.inFlight(on: "a") == 0 })
            #expect(proxy.balancer.inFlight(on: "b") == 1)
            for client in clients { #expect(try await client.ask("who") == "b") }
        }
    }

    @Test("with one answer for each question, questions of one client are balanced each for itself")
    func answersPerFlow() async throws {
        let servers = try [DatagramServer.named("a"), DatagramServer.named("b")]
        try await withDatagramProxy(to: servers.map(\.endpoint), configure: { $0.answersPerFlow = 1 }) {
            proxy,
            address in
            let client = try DatagramPeer(to: address)
            var seen: [String] = []
            for _ in 0..<6 { seen.append(try await client.ask("who")) }
            #expect(seen.count { $0 == "a" } == 3 && seen.count { $0 == "b" } == 3)
            #expect(proxy.counters.flows == 6)
            #expect(await eventually { proxy.counters.active == 0 })
        }
    }

    @Test("who is quiet for long enough is forgotten")
    func idle() async throws {
        let server = try DatagramServer.named("a")
        let silent = try DatagramPeer(at: .loopback(port: 0))
        let endpoints = [server.endpoint, Endpoint(id: "silent", address: try silent.address)]
        try await withDatagramProxy(
            to: endpoints,
            configure: {
                $0.idleTimeout = .milliseconds(100)
                $0.answerTimeout = .milliseconds(50)
            }
        ) { proxy, address in
            let clients = try (0..<2).map { _ in try DatagramPeer(to: address) }
            for client in clients { try client.send([1]) }
            #expect(await eventually { proxy.counters.active == 0 && proxy.counters.flows == 2 })
            #expect(proxy.balancer.inFlight(on: "silent") == 0 && proxy.balancer.inFlight(on: "a") == 0)
            #expect(proxy.counters.endpoints.mapValues(\.connected) == ["a": 1, "silent": 1])
        }
    }

    @Test("first datagrams wait for an endpoint as long as they may, in their order")
    func waiting() async throws {
        let server = try DatagramServer("late") { $0 }
        try await withDatagramProxy(to: [], configure: { $0.endpointWait = .seconds(20) }) { proxy, address in
            let client = try DatagramPeer(to: address)
            for number in 1...3 { try client.send([UInt8(number)]) }
            #expect(await eventually { proxy.waiting == 1 })
            try proxy.balancer.apply([.add(server.endpoint)])
            let answers = try await Thread.run { [try client.receive(), try client.receive(), try client.receive()] }
            #expect(answers == [[1], [2], [3]])
            #expect(proxy.waiting == 0 && proxy.counters.dropped == 0)
        }
    }

    @Test("no more clients than may be, and no more datagrams kept than for one who waits")
    func limits() async throws {
        let server = try DatagramServer.named("a")
        try await withDatagramProxy(to: [server.endpoint], configure: { $0.maxFlows = 2 }) { proxy, address in
            let clients = try (0..<3).map { _ in try DatagramPeer(to: address) }
            for client in clients.prefix(2) { #expect(try await client.ask("who") == "a") }
            try clients[2].send([1])
            #expect(await eventually { proxy.counters.dropped == 1 })
            #expect(proxy.counters.active == 2 && server.datagrams == 2)
        }
        try await withDatagramProxy(to: [], configure: { $0.endpointWait = .seconds(20) }) { proxy, address in
            let client = try DatagramPeer(to: address)
            for number in 0..<20 { try client.send([UInt8(number)]) }
            #expect(await eventually { proxy.counters.dropped == 12 })
        }
    }

    @Test("who may wait is tried again with endpoints that did not listen at first")
    func lateListener() async throws {
        let address = try UnusedPort.address()
        try await withDatagramProxy(
            to: [Endpoint(id: "late", address: address)],
            configure: { $0.endpointWait = .seconds(20) }
        ) { proxy, front in
            let client = try DatagramPeer(to: front)
            try client.send([1])
            // More than the attempts that a client has who does not wait.
            #expect(await eventually { proxy.counters.failedEndpoints > 5 })
            let server = try DatagramServer("late", at: address) { $0 }
            #expect(try await Thread.run { try client.receive() } == [1])
            #expect(server.datagrams == 1 && proxy.counters.dropped == 0)
        }
    }

    @Test("what is kept for all who wait is bounded, and free again when they have an endpoint")
    func keptBytes() async throws {
        let server = try DatagramServer("late") { $0 }
        func configure(_ configuration: inout UDPProxyConfiguration) {
            configuration.endpointWait = .seconds(20)
            configuration.maxKeptBytes = 3000
        }
        try await withDatagramProxy(to: [], configure: configure) { proxy, address in
            let clients = try (0..<2).map { _ in try DatagramPeer(to: address) }
            let large = [UInt8](repeating: 7, count: 2000)
            for _ in 0..<2 { try clients[0].send(large) }
            #expect(await eventually { proxy.counters.dropped == 1 && proxy.waiting == 1 })
            try clients[1].send(large)
            #expect(await eventually { proxy.counters.dropped == 2 && proxy.counters.active == 1 })
            try clients[1].send([1])
            #expect(await eventually { proxy.waiting == 2 })
            try proxy.balancer.apply([.add(server.endpoint)])
            #expect(try await Thread.run { try clients[0].receive() } == large)
            #expect(try await Thread.run { try clients[1].receive() } == [1])
            try proxy.balancer.apply([.remove(id: "late")])
            #expect(await eventually { proxy.counters.active == 0 })
            // As much as before is free.
            try clients[1].send(large)
            #expect(await eventually { proxy.waiting == 1 })
            #expect(proxy.counters.dropped == 2)
        }
    }

    @Test(
        "another balancer takes over: new clients go by it, and those that are there stay where it has their endpoint"
    )
    func change() async throws {
        let servers = try ["a", "b", "c"].map { try DatagramServer.named($0) }
        try await withDatagramProxy(to: servers.prefix(2).map(\.endpoint)) { proxy, address in
            let clients = try (0..<2).map { _ in try DatagramPeer(to: address) }
            var homes: [String] = []
            for client in clients { homes.append(try await client.ask("who")) }
            let former = proxy.balancer
            proxy.use(try LoadBalancer(policy: .leastRequests, endpoints: [servers[1].endpoint, servers[2].endpoint]))
            #expect(await eventually { former.inFlight(on: "a") == 0 })
            #expect(former.inFlight(on: "b") == 1)
            let ofB = try #require(homes.firstIndex(of: "b"))
            #expect(try await clients[ofB].ask("who") == "b")
            let moved = try await clients[1 - ofB].ask("who")
            #expect(["b", "c"].contains(moved))
            #expect(await eventually { proxy.counters.active == 2 })
        }
    }
}
