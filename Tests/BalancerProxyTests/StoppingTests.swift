// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("Stopping")
struct StoppingTests {
    private static func makeProxy(to server: TestServer) throws -> TCPProxy<DirectConnector> {
        try TCPProxy(
            listeners: [TCPListener(.loopback(port: 0))],
            balancer: LoadBalancer(policy: .roundRobin, endpoints: endpoints([server]))
        )
    }

    /// Runs a proxy for one client, lets it go and says where it was.
    private static func runOnce() async throws -> StreamAddress {
        let server = try TestServer.echo()
        let proxy = try makeProxy(to: server)
        async let running: Void = proxy.run()
        _ = try await connect(to: proxy)
        proxy.shutdown(within: .zero)
        try await running
        return proxy.localAddresses[0]
    }

    /// A client through whom bytes have gone already.
    private static func connect(to proxy: TCPProxy<DirectConnector>) async throws -> TestSocket {
        let client = try await TestSocket.connect(to: proxy.localAddresses[0])
        #expect(try await client.exchange("x", answer: 1) == "x")
        return client
    }

    @Test("a graceful stop accepts no more, lets connections end, and then returns")
    func graceful() async throws {
        let server = try TestServer.echo()
        let proxy = try Self.makeProxy(to: server)
        async let running: Void = proxy.run()
        let client = try await Self.connect(to: proxy)
        proxy.shutdown(within: .seconds(600))
        #expect(try await client.exchange("still here", answer: 10) == "still here")
        client.finishWriting()
        #expect(try await client.remainder().isEmpty)
        try await running
        #expect(proxy.counters.active == 0)
    }

    @Test("connections that go on past the deadline are closed")
    func deadline() async throws {
        let server = try TestServer.echo()
        let proxy = try Self.makeProxy(to: server)
        async let running: Void = proxy.run()
        let client = try await Self.connect(to: proxy)
        proxy.shutdown(within: .milliseconds(50))
        try await running
        await #expect(throws: SystemCallError.self) { try await client.remainder() }
        #expect(proxy.counters.active == 0)
        #expect(proxy.balancer.inFlight(on: "e0") == 0)
    }

    @Test("cancelling the task closes everything at once")
    func cancellation() async throws {
        let server = try TestServer.echo()
        let proxy = try Self.makeProxy(to: server)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await proxy.run() }
            let client = try await Self.connect(to: proxy)
            group.cancelAll()
            try await group.waitForAll()
            await #expect(throws: SystemCallError.self) { try await client.remainder() }
        }
    }

    @Test("the port is free when a stopped proxy is gone")
    func portIsFreed() async throws {
        let address = try await Self.runOnce()
        #expect(await eventually { (try? TCPListener(address)) != nil })
    }

    @Test("a proxy that was stopped before it ran returns at once, and runs only once")
    func once() async throws {
        let server = try TestServer.echo()
        let proxy = try Self.makeProxy(to: server)
        proxy.shutdown()
        try await proxy.run()
        let error = await #expect(throws: ProxyError.self) { try await proxy.run() }
        #expect(error?.code == .alreadyStarted)
    }

    @Test("no descriptor is left when a proxy with clients is stopped")
    func descriptors() async throws {
        let server = try TestServer.echo()
        let proxy = try Self.makeProxy(to: server)
        async let running: Void = proxy.run()
        let clients = try await withThrowingTaskGroup(of: TestSocket.self) { group in
            for _ in 0..<50 { group.addTask { try await Self.connect(to: proxy) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        proxy.shutdown(within: .zero)
        try await running
        for client in clients {
            await #expect(throws: SystemCallError.self) { try await client.remainder() }
        }
        #expect(proxy.counters.broken == 50)
    }
}
