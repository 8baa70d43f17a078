// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Foundation
import Testing

@testable import BalancerProxy

/// Frames of HTTP/2 as bytes, RFC 9113 section 4.
struct Frames {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, [])
    /// `GET / HTTP/2` of host `a`, by HPACK's static table.
    static let get: [UInt8] = [0x82, 0x86, 0x84, 0x41, 0x01, 0x61]

    static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
        let length = UInt32(payload.count)
        var head = bytes(of: length, count: 3)
        head.append(type)
        head.append(flags)
        head += bytes(of: stream, count: 4)
        return head + payload
    }

    private static func bytes(of number: UInt32, count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt32(8 * (count - 1 - $0))) }
    }

    /// A literal header field without indexing, RFC 7541 section 6.2.2.
    static func field(_ name: String, _ value: String) -> [UInt8] {
        var bytes: [UInt8] = [0, UInt8(name.utf8.count)]
        bytes += name.utf8
        bytes.append(UInt8(value.utf8.count))
        bytes += value.utf8
        return bytes
    }

    /// The error code of the GOAWAY among frames; nil if there is none.
    static func goaway(in bytes: [UInt8]) -> Int? {
        var rest = bytes[...]
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            let payload = Array(rest.dropFirst(9).prefix(length))
            if head[3] == 7, payload.count >= 8 { return Int(payload[7]) }
            rest = rest.dropFirst(9 + length)
        }
        return nil
    }
}

@Suite("HTTP/2", .serialized)
struct HTTP2Tests {
    @Test("many streams are answered, each by itself", .tools("h2load"))
    func streams() async throws {
        let backends = try (0..<2).map { number in try HTTPBackend(text: "hello \(number)") }
        try await withHTTPProxy(to: endpoints(backends)) { proxy, address in
            let output = try await Tool.run("h2load", "-n", "600", "-c", "4", "-m", "20", "http://\(address)/")
            #expect(output.contains("600 succeeded, 0 failed, 0 errored"), "\(output)")
            #expect(backends.allSatisfy { $0.requests.count == 300 })
            #expect(await eventually { proxy.counters.active == 0 })
            #expect(proxy.balancer.status().allSatisfy { $0.inFlight == 0 })
        }
    }

    @Test("a request is what HTTP/1 would have it be: cookies joined, host from authority", .tools("curl"))
    func translation() async throws {
        let backend = try HTTPBackend { _ in
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: x-hop\r\nX-Hop: 1\r\nX-Answer: A\r\n\r\n"
                + "3\r\nabc\r\n0\r\nX-Trailer: t\r\nendpoint-load-metrics: cpu_utilization:0.5\r\n\r\n"
        }
        try await withHTTPProxy(to: endpoints([backend])) { proxy, address in
            let output = try await Tool.run(
                "curl",
                "-sSi",
                "--http2-prior-knowledge",
                "-H",
                "Cookie: a=b",
                "-H",
                "X-Ask: why",
                "-H",
                "X-Forwarded-For: 6.6.6.6",
                "-X",
                "POST",
                "--data",
                "body",
                "http://\(address)/path?query"
            )
            let request = try #require(backend.requests.first)
            #expect(request.line == "POST /path?query HTTP/1.1")
            #expect(request.value("Host") == "\(address)")
            #expect(request.value("Cookie") == "a=b")
            #expect(request.value("X-Ask") == "why")
            #expect(request.value("X-Forwarded-For") == "127.0.0.1")
            #expect(request.body == Array("body".utf8))
            #expect(output.hasPrefix("HTTP/2 200"))
            #expect(output.contains("x-answer: A") && output.contains("abc") && output.contains("x-trailer: t"))
            #expect(!output.lowercased().contains("x-hop") && !output.contains("endpoint-load-metrics"))
            #expect(proxy.counters.endpoints["e0"]?.loadReports == 1)
        }
    }

    @Test("large bodies pass in both directions", .tools("curl"))
    func largeBodies() async throws {
        let backend = try HTTPBackend { HTTPBackend.ok(String(repeating: "z", count: $0.body.count)) }
        try await withHTTPProxy(to: endpoints([backend])) { _, address in
            try await Tool.withDirectory { directory in
                let file = directory + "/body"
                try String(repeating: "y", count: 1_000_000).write(toFile: file, atomically: false, encoding: .utf8)
                let output = try await Tool.run(
                    "curl",
                    "-sS",
                    "--http2-prior-knowledge",
                    "--data-binary",
                    "@\(file)",
                    "http://\(address)/"
                )
                #expect(output.count == 1_000_000)
            }
        }
    }

    @Test("without an endpoint the proxy answers itself", .tools("curl"))
    func unavailable() async throws {
        try await withHTTPProxy(to: []) { _, address in
            let output = try await Tool.run("curl", "-sSi", "--http2-prior-knowledge", "http://\(address)/")
            #expect(output.hasPrefix("HTTP/2 503"))
        }
    }

    /// Sends frames and reads all that comes until the connection ends.
    private func flood(_ frames: [UInt8], backend: HTTPBackend) async throws -> [UInt8] {
        try await withHTTPProxy(to: endpoints([backend])) { _, address in
            let client = try await RawClient(address)
            async let sending: Void = Thread.run { [socket = client.socket] in
                try? socket.write(Frames.preface + frames)
            }
            let received = Collector()
            _ = try? await Thread.run { [socket = client.socket] in
                while true {
                    let more = try socket.read()
                    if more.isEmpty { return }
                    received.add(more)
                }
            }
            try await sending
            return received.bytes
        }
    }

    @Test("a client that takes its requests back at once is cut off, and endpoints see next to none of them")
    func rapidReset() async throws {
        let backend = try HTTPBackend(text: "reached")
        var frames: [UInt8] = []
        for number in 0..<1000 {
            let stream = UInt32(2 * number + 1)
            frames += Frames.frame(1, 5, stream, Frames.get) + Frames.frame(3, 0, stream, [0, 0, 0, 8])
        }
        let answer = try await flood(frames, backend: backend)
        #expect(Frames.goaway(in: answer) == 11)
        #expect(backend.requests.count < 300)
    }

    @Test(
        "a client that sends pings, settings or empty frames without end is cut off",
        arguments: [
            Frames.frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]), Frames.frame(4, 0, 0, []),
            Frames.frame(2, 0, 1, [0, 0, 0, 0, 16]),
        ]
    )
    func controlFlood(frame: [UInt8]) async throws {
        let backend = try HTTPBackend(text: "reached")
        let frames = (0..<3000).flatMap { _ in frame }
        #expect(Frames.goaway(in: try await flood(frames, backend: backend)) == 11)
    }

    @Test("empty data without end is cut off")
    func emptyData() async throws {
        let backend = try HTTPBackend(text: "reached")
        // POST: the method is the third of the static table.
        let head = Frames.frame(1, 4, 1, [0x83, 0x86, 0x84, 0x41, 0x01, 0x61])
        let frames = head + (0..<3000).flatMap { _ in Frames.frame(0, 0, 1, []) }
        #expect(Frames.goaway(in: try await flood(frames, backend: backend)) == 11)
    }

    @Test("a head without end is cut off, by its bytes and by its frames", arguments: [true, false])
    func continuationFlood(hasFields: Bool) async throws {
        let backend = try HTTPBackend(text: "reached")
        let field = Frames.field("x", String(repeating: "y", count: 100))
        let piece = Frames.frame(9, 0, 1, hasFields ? field : [])
        let frames = Frames.frame(1, 1, 1, Frames.get) + (0..<20_000).flatMap { _ in piece }
        let answer = try await flood(frames, backend: backend)
        #expect(Frames.goaway(in: answer) != nil)
        #expect(backend.requests.isEmpty)
    }

    @Test(
        "names and values that HTTP/1 would misread never reach an endpoint",
        arguments: [
            ("x", "a\r\nb"), ("\n", "y"), ("connection", "close"), ("transfer-encoding", "chunked"),
            ("content-length", "5"), ("host", "b"), ("X", "y"), ("x", "a\0b"),
        ]
    )
    func misreadable(name: String, value: String) async throws {
        let backend = try HTTPBackend(text: "reached")
        try await withHTTPProxy(to: endpoints([backend])) { _, address in
            let client = try await RawClient(address)
            let stream = Frames.frame(1, 5, 1, Frames.get + Frames.field(name, value))
            try await Thread.run { [socket = client.socket] in try socket.write(Frames.preface + stream) }
            // An honest request behind it shows that the first was gone through.
            try? await Thread.run { [socket = client.socket] in
                try socket.write(Frames.frame(1, 5, 3, Frames.get))
            }
            _ = await eventually { !backend.requests.isEmpty }
            #expect(backend.requests.count <= 1)
            #expect(backend.requests.allSatisfy { $0.lines.count { $0.lowercased().hasPrefix("host") } == 1 })
            #expect(!backend.requests.contains { $0.has("Transfer-Encoding") || $0.value("Host") == "b" })
        }
    }
}
