// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Glibc
import Testing

@testable import BalancerProxy

/// Takes its time, and makes connected sockets.
private struct SlowConnector: UpstreamConnector {
    var delay = Duration.milliseconds(20)

    func connect(to address: StreamAddress) async throws -> UpstreamSocket {
        try await Task.sleep(for: delay)
        let socket = try await Thread.run { try TestSocket(to: address) }
        let descriptor = withExtendedLifetime(socket) { fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 3) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return UpstreamSocket(connected: descriptor)
    }
}

/// Has a socket only for some names.
private struct NamedConnector: UpstreamConnector {
    let known: [String: StreamAddress]

    func socket(for name: String) throws -> UpstreamSocket? {
        guard let address = known[name] else { throw ProxyError(.connectFailed, "no \(name)") }
        return try DirectConnector().socket(for: address)
    }
}

@Suite("Connectors")
struct ConnectorTests {
    @Test("a connector may take its time")
    func slow() async throws {
        let server = try TestServer.greeter("slowly")
        try await withProxy(
            to: endpoints([server]),
            connector: SlowConnector(),
            configure: { $0.connectTimeout = .seconds(60) }
        ) { _, address in
            try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<20 { group.addTask { try await Thread.run { try TestSocket(to: address).readToEnd() } } }
                for try await answer in group { #expect(String(decoding: answer, as: UTF8.self) == "slowly") }
            }
        }
    }

    @Test("an answer that comes after the time limit is closed, and the client turned away")
    func late() async throws {
        let server = try TestServer.echo()
        try await withProxy(
            to: endpoints([server]),
            connector: SlowConnector(delay: .seconds(1)),
            configure: { $0.connectTimeout = .milliseconds(1) }
        ) { proxy, address in
            let answer = try await Thread.run { try TestSocket(to: address).readToEnd() }
            #expect(answer.isEmpty)
            #expect(proxy.counters.refused == 1)
        }
    }

    @Test("what a connector throws is a failed connect, and another endpoint is taken")
    func throwing() async throws {
        let server = try TestServer.greeter("known")
        let connector = NamedConnector(known: ["known": server.address])
        let set = [Endpoint("unknown"), Endpoint("known")]
        try await withProxy(to: set, connector: connector) { proxy, address in
            for _ in 0..<4 {
                let answer = try await Thread.run { try TestSocket(to: address).readToEnd() }
                #expect(String(decoding: answer, as: UTF8.self) == "known")
            }
            #expect(proxy.counters.endpoints["unknown"]?.failed ?? 0 > 0)
        }
    }
}
