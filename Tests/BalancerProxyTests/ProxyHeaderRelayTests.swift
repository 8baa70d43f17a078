// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("The PROXY protocol over TCP", .serialized)
struct ProxyHeaderRelayTests {
    @Test("an endpoint is told of the client, in both versions", arguments: [ProxyProtocolVersion.v1, .v2])
    func outgoing(version: ProxyProtocolVersion) async throws {
        let server = try TestServer.echo()
        try await withProxy(to: endpoints([server]), configure: { $0.sendsProxyHeader = version }) { _, address in
            let client = try await TestSocket.connect(to: address)
            let own = try #require(try StreamSocket.localAddress(client.descriptor))
            var expected = ByteQueue()
            ProxyHeader(source: own, destination: address).write(version, to: &expected)
            let bytes = Array(expected.bytes) + Array("hello".utf8)
            try await Thread.run { try client.write("hello") }
            let answer = try await Thread.run { try client.read(exactly: bytes.count) }
            #expect(answer == bytes)
        }
    }

    @Test("a header of a proxy in front is taken, also in pieces, and what it says is handed on")
    func through() async throws {
        let server = try TestServer.echo()
        let configure = { (configuration: inout TCPProxyConfiguration) in
            configuration.requiresProxyHeader = true
            configuration.sendsProxyHeader = .v1
        }
        try await withProxy(to: endpoints([server]), configure: configure) { _, address in
            let client = try await TestSocket.connect(to: address)
            try await Thread.run { try client.write("PROXY TCP4 1.2.3.4 127") }
            try await Task.sleep(for: .milliseconds(50))
            try await Thread.run { try client.write(".0.0.1 5 6\r\nhello") }
            let expected = "PROXY TCP4 1.2.3.4 127.0.0.1 5 \(address.port ?? 0)\r\nhello"
            let answer = try await Thread.run { try client.read(exactly: expected.utf8.count) }
            #expect(String(decoding: answer, as: UTF8.self) == expected)
            client.finishWriting()
            #expect(try await client.remainder().isEmpty)
        }
    }

    @Test("a client without a header never reaches an endpoint")
    func missing() async throws {
        let server = try TestServer.echo()
        try await withProxy(to: endpoints([server]), configure: { $0.requiresProxyHeader = true }) { proxy, address in
            let client = try await TestSocket.connect(to: address)
            try await Thread.run { try client.write("hello, this is no header\r\n") }
            let rest = (try? await client.remainder()) ?? []
            #expect(rest.isEmpty)
            #expect(server.clients == 0)
            #expect(await eventually { proxy.counters.active == 0 })
        }
    }
}
