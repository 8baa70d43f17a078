// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("Forwarding")
struct ForwardingTests {
    @Test("bytes go to the endpoint and back")
    func echo() async throws {
        let server = try TestServer.echo()
        try await withProxy(to: endpoints([server])) { proxy, address in
            let answer = try await Thread.run {
                let client = try TestSocket(to: address)
                try client.write("hello")
                return try client.read(exactly: 5)
            }
            #expect(answer == Array("hello".utf8))
            #expect(await eventually { proxy.counters.active == 0 })
            #expect(proxy.counters.accepted == 1)
            #expect(proxy.counters.bytesFromClients == 5)
            #expect(proxy.counters.bytesToClients == 5)
        }
    }

    @Test("clients are spread over the endpoints in turn")
    func roundRobin() async throws {
        let servers = try (0..<3).map { try TestServer.greeter("server \($0)") }
        try await withProxy(to: endpoints(servers), workers: ProxyWorkers(count: 1)) { _, address in
            let answers = try await Thread.run {
                try (0..<30).map { _ in String(decoding: try TestSocket(to: address).readToEnd(), as: UTF8.self) }
            }
            for index in 0..<3 {
                #expect(answers.filter { $0 == "server \(index)" }.count == 10)
            }
        }
    }

    @Test("a client that ends its stream still receives the whole answer")
    func halfClose() async throws {
        let server = try TestServer { socket in
            let request = try socket.readToEnd()
            try socket.write("\(request.count) bytes")
        }
        try await withProxy(to: endpoints([server])) { proxy, address in
            let answer = try await Thread.run {
                let client = try TestSocket(to: address)
                try client.write([UInt8](repeating: 7, count: 300_000))
                client.finishWriting()
                return try client.readToEnd()
            }
            #expect(String(decoding: answer, as: UTF8.self) == "300000 bytes")
            #expect(await eventually { proxy.counters.active == 0 })
            #expect(proxy.balancer.inFlight(on: "e0") == 0)
        }
    }

    @Test("an endpoint that ends its stream first still receives what the client sends")
    func upstreamHalfClose() async throws {
        let (received, sink) = AsyncStream<Int>.makeStream()
        let server = try TestServer { socket in
            try socket.write("go on")
            socket.finishWriting()
            sink.yield(try socket.readToEnd().count)
        }
        try await withProxy(to: endpoints([server])) { _, address in
            try await Thread.run {
                let client = try TestSocket(to: address)
                let greeting = try client.readToEnd()
                #expect(String(decoding: greeting, as: UTF8.self) == "go on")
                try client.write([UInt8](repeating: 1, count: 200_000))
            }
            var counts = received.makeAsyncIterator()
            #expect(await counts.next() == 200_000)
        }
    }

    @Test("a stream that an endpoint breaks off ends in a reset for the client, not in a clean end")
    func resetIsPassedOn() async throws {
        let server = try TestServer { socket in
            try socket.write("part")
            _ = try socket.read()
            socket.resetOnClose()
        }
        try await withProxy(to: endpoints([server])) { proxy, address in
            let error = await #expect(throws: SystemCallError.self) {
                try await Thread.run {
                    let client = try TestSocket(to: address)
                    _ = try client.read(exactly: 4)
                    try client.write("x")
                    return try client.readToEnd()
                }
            }
            #expect(error?.description == "recv: ECONNRESET")
            #expect(await eventually { proxy.counters.broken == 1 })
        }
    }
}
