// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Glibc
import Testing

@testable import BalancerProxy

@Suite("Failures")
struct FailureTests {
    @Test("a client never notices that the first endpoints are dead")
    func retry() async throws {
        let server = try TestServer.greeter("alive")
        let set = [
            Endpoint(id: "dead-1", address: try UnusedPort.address()),
            Endpoint(id: "dead-2", address: try UnusedPort.address()),
            Endpoint(id: "alive", address: server.address),
        ]
        try await withProxy(to: set) { proxy, address in
            for _ in 0..<12 {
                let answer = try await Thread.run { try TestSocket(to: address).readToEnd() }
                #expect(String(decoding: answer, as: UTF8.self) == "alive")
            }
            let counters = proxy.counters
            #expect(counters.refused == 0)
            #expect(counters.failedConnects > 0)
            #expect(counters.endpoints["alive"]?.connected == 12)
            #expect(counters.endpoints["dead-1"]?.connected == 0)
            #expect(await eventually { proxy.balancer.status().allSatisfy { $0.inFlight == 0 } })
        }
    }

    @Test("with every endpoint down the client's connection is closed in order")
    func allDown() async throws {
        let set = try (0..<3).map { Endpoint(id: "dead-\($0)", address: try UnusedPort.address()) }
        try await withProxy(to: set) { proxy, address in
            let answer = try await Thread.run { try TestSocket(to: address).readToEnd() }
            #expect(answer.isEmpty)
            #expect(await eventually { proxy.counters.active == 0 })
            #expect(proxy.counters.refused == 1)
            #expect(proxy.counters.failedConnects == 3)
            #expect(proxy.balancer.status().allSatisfy { $0.inFlight == 0 })
        }
    }

    @Test("with no endpoint at all the client's connection is closed in order")
    func none() async throws {
        try await withProxy(to: []) { proxy, address in
            let answer = try await Thread.run { try TestSocket(to: address).readToEnd() }
            #expect(answer.isEmpty)
            #expect(proxy.counters.failedConnects == 0)
        }
    }

    @Test("a client waits for the first endpoint if it may")
    func endpointWait() async throws {
        let server = try TestServer.greeter("late")
        try await withProxy(to: [], configure: { $0.endpointWait = .seconds(20) }) { proxy, address in
            async let answer = Thread.run { try TestSocket(to: address).readToEnd() }
            #expect(await eventually { proxy.counters.active == 1 })
            try proxy.balancer.apply([.add(Endpoint(id: "late", address: server.address))])
            #expect(String(decoding: try await answer, as: UTF8.self) == "late")
        }
    }

    @Test("an endpoint that does not answer connects is left after the time limit, and another one taken")
    func connectTimeout() async throws {
        // A full accept queue: the kernel drops further connects, as a host that is gone would.
        let full = try TCPListener(.loopback(port: 0), backlog: 1)
        let fillers = try (0..<8).map { _ in try Self.connectWithoutWaiting(to: full.localAddress) }
        defer { for filler in fillers { close(filler) } }
        let server = try TestServer.greeter("alive")
        let set = [
            Endpoint(id: "silent", address: full.localAddress),
            Endpoint(id: "alive", address: server.address),
        ]
        try await withProxy(to: set, configure: { $0.connectTimeout = .seconds(1) }) { proxy, address in
            for _ in 0..<4 {
                let answer = try await Thread.run { try TestSocket(to: address).readToEnd() }
                #expect(String(decoding: answer, as: UTF8.self) == "alive")
            }
            #expect(proxy.counters.endpoints["silent"]?.failed ?? 0 > 0)
        }
    }

    @Test("an idle connection is closed after the time limit, a busy one is not")
    func idleTimeout() async throws {
        let server = try TestServer.echo()
        let idleIsClosed = Counter()
        try await withProxy(to: endpoints([server]), configure: { $0.idleTimeout = .seconds(3) }) { proxy, address in
            async let busy = Thread.run {
                let client = try TestSocket(to: address)
                while idleIsClosed.value == 0 {
                    try client.write("x")
                    _ = try client.read(exactly: 1)
                    usleep(10_000)
                }
                return true
            }
            let idle = try await Thread.run { try TestSocket(to: address).readToEnd() }
            idleIsClosed.add(1)
            #expect(idle.isEmpty)
            #expect(try await busy)
            #expect(await eventually { proxy.counters.active == 0 })
            #expect(proxy.counters.endpoints["e0"]?.failed == 0)
        }
    }

    @Test("an answer that an endpoint gave before it stopped listening to the request reaches the client")
    func earlyAnswer() async throws {
        let server = try TestServer { socket in
            try socket.write("request too large")
            _ = try socket.read(atMost: 10)
            shutdown(socket.descriptor, CInt(SHUT_WR))
            usleep(200_000)
        }
        try await withProxy(to: endpoints([server])) { _, address in
            let answer = try await Thread.run {
                let client = try TestSocket(to: address)
                try client.write([UInt8](repeating: 0, count: 1000))
                return try client.read(exactly: 17)
            }
            #expect(String(decoding: answer, as: UTF8.self) == "request too large")
        }
    }

    private static func connectWithoutWaiting(to address: StreamAddress) throws -> CInt {
        let socket = try StreamSocket.make(family: address.family)
        _ = try StreamSocket.connect(socket.number, to: address)
        return socket.release()
    }
}
