// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerProxy

@Suite("The PROXY protocol", .serialized)
struct ProxyHeaderTests {
    private func read(_ bytes: [UInt8]) -> ProxyHeader.Reading {
        bytes.withUnsafeBytes { ProxyHeader.read($0) }
    }

    private func header(_ source: String, _ destination: String) throws -> ProxyHeader {
        ProxyHeader(source: try StreamAddress(source), destination: try StreamAddress(destination))
    }

    @Test(
        "what is written is read again, in both versions",
        arguments: [
            ("1.2.3.4:5", "127.0.0.1:80"), ("[2001:db8::1]:65535", "[::1]:443"),
        ],
        [ProxyProtocolVersion.v1, .v2]
    )
    func roundTrip(addresses: (String, String), version: ProxyProtocolVersion) throws {
        let header = try header(addresses.0, addresses.1)
        var queue = ByteQueue()
        header.write(version, to: &queue)
        let bytes = Array(queue.bytes)
        #expect(read(bytes + Array("GET".utf8)) == .header(header, length: bytes.count))
        for end in 0..<bytes.count { #expect(read(Array(bytes[..<end])) == .needsMore) }
    }

    @Test("a version 1 line as the specification has it is written")
    func line() throws {
        var queue = ByteQueue()
        try header("192.168.0.1:56324", "192.168.0.11:443").write(.v1, to: &queue)
        #expect(queue.bytes.text == "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n")
    }

    @Test(
        "a proxy that speaks for itself is understood",
        arguments: [
            Array("PROXY UNKNOWN\r\n".utf8), Array("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n".utf8),
            ProxyHeader.signature + [0x20, 0, 0, 0], ProxyHeader.signature + [0x21, 0, 0, 3, 1, 2, 3],
        ]
    )
    func local(bytes: [UInt8]) {
        #expect(read(bytes) == .header(ProxyHeader(), length: bytes.count))
    }

    @Test(
        "what is no header is refused",
        arguments: [
            "GET / HTTP/1.1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
            "PROXY TCP6 1.2.3.4 ::1 1 2\r\n",
            "PROXY TCP4 ::1 ::1 1 2\r\n", "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY SCTP 1.2.3.4 1.2.3.4 1 2\r\n",
            "PROXY TCP4 \(String(repeating: "1", count: 120))", "\r\n\r\n\0\r\nQUIX\n",
        ]
    )
    func malformed(text: String) {
        #expect(read(Array(text.utf8)) == .malformed)
    }

    @Test(
        "version 2 with a wrong version, command or length is refused",
        arguments: [
            ([0x11, 0x11, 0, 12], 12), ([0x22, 0x11, 0, 12], 12), ([0x21, 0x11, 0, 4], 4), ([0x21, 0x21, 0, 12], 12),
            ([0x21, 0x11, 0xFF, 0xFF], 0),
        ] as [([UInt8], Int)]
    )
    func malformedBinary(head: [UInt8], zeros: Int) {
        let bytes = ProxyHeader.signature + head + [UInt8](repeating: 0, count: zeros)
        #expect(read(bytes) == .malformed)
    }

    @Test(
        "a client behind another proxy is told to the endpoint, and one without a header is turned away",
        arguments: [
            ProxyProtocolVersion.v1, .v2,
        ]
    )
    func incoming(version: ProxyProtocolVersion) async throws {
        let backend = try HTTPBackend(text: "ok")
        let listener = ProxyListener(try TCPListener(.loopback(port: 0)), requiresProxyHeader: true)
        let proxy = try HTTPProxy(
            listeners: [listener],
            balancer: LoadBalancer(policy: .roundRobin, endpoints: endpoints([backend]))
        )
        async let running: Void = proxy.run()
        defer { proxy.shutdown(within: .zero) }
        let address = proxy.localAddresses[0]

        var queue = ByteQueue()
        try header("9.8.7.6:5", "127.0.0.1:80").write(version, to: &queue)
        let client = try await RawClient(address)
        let bytes = Array(queue.bytes)
        try await Thread.run { [socket = client.socket] in try socket.write(bytes + Array(get().utf8)) }
        #expect(try await client.answer().body == "ok")
        #expect(backend.requests[0].value("X-Forwarded-For") == "9.8.7.6")

        let other = try await RawClient(address)
        try await other.send(get())
        let rest = (try? await other.remainder()) ?? ""
        #expect(rest.isEmpty)
        #expect(backend.requests.count == 1)
        proxy.shutdown(within: .zero)
        try await running
    }
}
