// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("Flow control towards endpoints that speak HTTP/2", .serialized)
struct HTTP2UpstreamFlowTests {
    @Test("a client that takes nothing stops its own answer, at a bounded amount, and no other")
    func slowClient() async throws {
        let total = 24 << 20
        let sent = Counter()
        let server = try TestServer { socket in
            let peer = try FramePeer(socket)
            guard let slow = try peer.request() else { return }
            try peer.head(slow, fields: Frames.field("content-length", "\(total)"))
            var window = peer.initialWindow
            let chunk = [UInt8](repeating: 7, count: 16_000)
            while true {
                while sent.value < total, window >= chunk.count, peer.connectionWindow >= chunk.count {
                    let count = min(chunk.count, total - sent.value)
                    try peer.write(0, sent.value + count == total ? 1 : 0, slow, Array(chunk[..<count]))
                    window -= count
                    peer.connectionWindow -= count
                    sent.add(count)
                }
                guard let frame = try peer.next() else { return }
                if frame.type == 8, frame.stream == slow { window += frame.number }
                if frame.type == 1 { try peer.answer(frame.stream, "quick") }
            }
        }
        try await withHTTP2Endpoints(endpoints([server])) { _, address in
            let slow = try await RawClient(address)
            try await slow.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await settled(sent) < total)
            #expect(try await ask(address, get()).body == "quick")
            #expect(server.clients == 1)
            let all = try await slow.socket.remainder()
            #expect(sent.value == total)
            let end = all.prefix(4096).indices.first { all[$0...].starts(with: Array("\r\n\r\n".utf8)) }
            #expect(all.count == total + (end ?? 0) + 4)
            #expect(all.last == 7)
        }
    }

    @Test("an endpoint that takes nothing stops the client, at a bounded amount")
    func slowEndpoint() async throws {
        let total = 24 << 20
        let written = Counter()
        let received = Counter()
        let go = Counter()
        let server = try TestServer { socket in
            let peer = try FramePeer(socket, settings: FramePeer.setting(4, 1000))
            // From the first answer on the proxy knows what it may send.
            guard let first = try peer.request() else { return }
            try peer.answer(first, "ready")
            guard let stream = try peer.request() else { return }
            while received.value < 1000, let frame = try peer.next(0, on: stream) { received.add(frame.payload.count) }
            while go.value == 0 { Thread.pause(milliseconds: 5) }
            try peer.grow(0, by: 1 << 30)
            try peer.grow(stream, by: 1 << 30)
            while let frame = try peer.next(0, on: stream) {
                received.add(frame.payload.count)
                if frame.endsStream { break }
            }
            try peer.answer(stream, "all \(received.value)")
            while try peer.next() != nil {}
        }
        try await withHTTP2Endpoints(endpoints([server])) { _, address in
            #expect(try await ask(address, get()).body == "ready")
            let client = try await RawClient(address)
            async let sending: Void = Thread.run { [socket = client.socket] in
                try socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(total)\r\n\r\n")
                let chunk = [UInt8](repeating: 1, count: 65_536)
                while written.value < total {
                    try socket.write(chunk)
                    written.add(chunk.count)
                }
            }
            #expect(try await settled(written) < total)
            #expect(received.value == 1000)
            go.add(1)
            try await sending
            #expect(try await client.answer().body == "all \(total)")
        }
    }
}
