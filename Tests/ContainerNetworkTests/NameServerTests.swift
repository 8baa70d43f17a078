// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

@testable import ContainerNetwork

@Suite("The name server in containers' namespaces", .needsRoot)
struct NameServerTests {
    /// Asks the server of a namespace, from within it.
    private static func ask(_ query: [UInt8], in namespace: NetworkNamespace) async throws -> [UInt8]? {
        try await namespace.run {
            let socket = try DatagramSocket.connected(to: NameServer.address, port: NameServer.port)
            socket.send(query)
            var waiting = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 10_000) == 1 else { return nil }
            return socket.receive()?.bytes
        }
    }

    @Test("a container's question is answered in its namespace, and no more once the server has left it")
    func known() async throws {
        let loop = try DatagramLoop()
        defer { loop.close() }
        let server = NameServer(loop: loop)
        let namespace = try await NetworkNamespace.create()
        let address = try #require(IPAddress("172.30.5.9"))
        let directory = NameQueryTests.Known(names: ["web": [address]])
        let service = try await server.serve(namespace, directory: directory, servers: [])
        let answer = try #require(try await Self.ask(NameQueryTests.query("web", identifier: 77), in: namespace))
        #expect(answer.starts(with: [0, 77]))
        #expect(Array(answer.suffix(4)) == address.bytes)
        let unknown = try #require(try await Self.ask(NameQueryTests.query("nobody"), in: namespace))
        #expect(unknown[3] & 0x0F == NameAnswer.Outcome.serverFailure.rawValue)
        service.stop()
        // The loop lets go of the socket when it gets to it.
        var again: NameService?
        for _ in 0..<500 where again == nil {
            again = try? await server.serve(namespace, directory: directory, servers: [])
            if again == nil { try await Task.sleep(for: .milliseconds(2)) }
        }
        try #require(again).stop()
    }

    @Test("other names are asked of the host's servers, and only what answers the question comes back")
    func forwarded() async throws {
        let loop = try DatagramLoop()
        defer { loop.close() }
        let upstream = try DatagramSocket.bound(to: .loopback, port: 0)
        let record = NameAnswer.Record.address(try #require(IPAddress("192.0.2.80")))
        try loop.add(upstream) { bytes, sender in
            guard let query = NameQuery(bytes) else { return }
            var forged = query
            forged.identifier &+= 1
            upstream.send(NameAnswer(outcome: .noSuchName).message(to: forged), to: sender)
            upstream.send(NameAnswer(outcome: .found, records: [record]).message(to: query), to: sender)
        }
        let server = NameServer(loop: loop, upstreamPort: upstream.port)
        let namespace = try await NetworkNamespace.create()
        let service = try await server.serve(namespace, directory: NameQueryTests.Known(), servers: [.loopback])
        defer { service.stop() }
        let answer = try #require(
            try await Self.ask(NameQueryTests.query("example.com", identifier: 4321), in: namespace)
        )
        #expect(UInt16(answer[0]) << 8 | UInt16(answer[1]) == 4321)
        #expect(Array(answer.suffix(4)) == [192, 0, 2, 80])
    }

    @Test("a server that does not answer is passed over for the next")
    func nextServer() async throws {
        let loop = try DatagramLoop()
        defer { loop.close() }
        let silent = try DatagramSocket.bound(to: try #require(IPAddress("127.0.0.2")), port: 0)
        let second = try DatagramSocket.bound(to: .loopback, port: silent.port)
        try loop.add(second) { bytes, sender in
            guard let query = NameQuery(bytes) else { return }
            second.send(NameAnswer(outcome: .noSuchName).message(to: query), to: sender)
        }
        let server = NameServer(loop: loop, upstreamPort: silent.port)
        let namespace = try await NetworkNamespace.create()
        let servers = [try #require(IPAddress("127.0.0.2")), IPAddress.loopback]
        let service = try await server.serve(namespace, directory: NameQueryTests.Known(), servers: servers)
        defer { service.stop() }
        let answer = try #require(try await Self.ask(NameQueryTests.query("example.com"), in: namespace))
        #expect(answer[3] & 0x0F == NameAnswer.Outcome.noSuchName.rawValue)
    }

    @Test("datagrams pass between clients of the host and a container, each to its own")
    func relay() async throws {
        let loop = try DatagramLoop()
        defer { loop.close() }
        let container = try DatagramSocket.bound(to: .loopback, port: 0)
        try loop.add(container) { bytes, sender in container.send(bytes + bytes, to: sender) }
        let listener = try DatagramSocket.bound(to: .loopback, port: 0)
        let relay = try DatagramRelay.start(listener, to: .loopback, port: container.port, on: loop)
        defer { relay.stop() }
        let clients = try (0..<20).map { _ in try DatagramSocket.connected(to: .loopback, port: listener.port) }
        for (number, client) in clients.enumerated() { client.send([UInt8(number)]) }
        for (number, client) in clients.enumerated() {
            var waiting = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
            #expect(poll(&waiting, 1, 10_000) == 1)
            #expect(client.receive()?.bytes == [UInt8(number), UInt8(number)])
        }
    }
}
