// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Glibc
import Testing

@testable import BalancerProxy

@Suite("Backpressure")
struct BackpressureTests {
    /// Bytes that differ from place to place, so that a lost, doubled or misplaced piece shows.
    private static func pattern(_ count: Int) -> [UInt8] {
        let piece = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += piece }
        return bytes
    }

    @Test("8 MiB arrive whole both ways at once")
    func bulk() async throws {
        let server = try TestServer.echo()
        try await withProxy(to: endpoints([server])) { proxy, address in
            let sent = Self.pattern(8 << 20)
            let client = try await TestSocket.connect(to: address)
            async let received = Thread.run { try client.readToEnd() }
            try await Thread.run {
                try client.write(sent)
                client.finishWriting()
            }
            #expect(try await received == sent)
            #expect(await eventually { proxy.counters.active == 0 })
            #expect(proxy.counters.bytesFromClients == UInt64(sent.count))
            #expect(proxy.counters.bytesToClients == UInt64(sent.count))
        }
    }

    @Test("a client that does not read stops its endpoint; the proxy keeps one read's worth at most")
    func slowReader() async throws {
        let total = 64 << 20
        let written = Progress()
        let server = try TestServer { socket in
            let piece = [UInt8](repeating: 3, count: 1 << 20)
            for _ in 0..<(total >> 20) {
                try socket.write(piece)
                written.add(piece.count)
            }
        }
        try await withProxy(to: endpoints([server])) { proxy, address in
            let client = try await TestSocket.connect(to: address)
            let stalled = await written.waitUntilStill()
            // What is under way is in the kernel's buffers, whose sizes the kernel bounds.
            #expect(stalled < total)
            #expect(await proxy.bufferedBytes() <= 65_536)
            let count = try await Thread.run { try client.readToEnd().count }
            #expect(count == total)
        }
    }

    @Test("200 clients that do not read cost at most one read's worth each")
    func manySlowReaders() async throws {
        let server = try TestServer { socket in
            try socket.write([UInt8](repeating: 1, count: 16 << 20))
        }
        try await withProxy(to: endpoints([server])) { proxy, address in
            let clients = try await Thread.run {
                try (0..<200).map { _ in
                    let client = try TestSocket(to: address)
                    client.limitReceiveBuffer(to: 4096)
                    return client
                }
            }
            #expect(await eventually { proxy.counters.active == 200 })
            var before: UInt64 = 0
            repeat {
                before = proxy.counters.bytesToClients
                try await Task.sleep(for: .milliseconds(200))
            } while proxy.counters.bytesToClients != before
            #expect(proxy.counters.bytesToClients < UInt64(200 * (16 << 20)))
            #expect(await proxy.bufferedBytes() <= 200 * 65_536)
            _ = clients
        }
    }
}

/// How far a writer has come.
private final class Progress: Sendable {
    private let count = Counter()

    func add(_ more: Int) {
        count.add(more)
    }

    /// Waits until the writer stands still for a while, and says where.
    func waitUntilStill() async -> Int {
        var last = -1
        while count.value != last || last == 0 {
            last = count.value
            try? await Task.sleep(for: .milliseconds(300))
        }
        return last
    }
}
