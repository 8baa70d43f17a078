// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Testing

@testable import BalancerProxy

@Suite("TLS sessions", .tools("openssl"))
struct TLSSessionTests {
    /// A client and a server, each on a socket pair of its own; what the client sends is handed on by hand.
    private final class Pair {
        let client: TLSSession
        let server: TLSSession
        private let clientEnds: [CInt]
        private let serverEnds: [CInt]

        init(_ files: (chain: String, key: String)) throws {
            clientEnds = try Self.sockets()
            serverEnds = try Self.sockets()
            let settings = try TLSServer(certificateChain: files.chain, privateKey: files.key)
            server = try #require(settings.context.session(on: serverEnds[0]))
            server.accept()
            client = try #require(
                TLSClient(trust: .anyone, serverName: nil).session(on: clientEnds[0], offering: .http1)
            )
        }

        deinit {
            for descriptor in clientEnds + serverEnds { close(descriptor) }
        }

        private static func sockets() throws -> [CInt] {
            var ends: [CInt] = [-1, -1]
            let kind = CInt(bitPattern: SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
            return ends
        }

        /// Takes what a side has sent.
        private func taken(from descriptor: CInt) -> [UInt8] {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return Array(buffer.prefix(max(0, count)))
        }

        func takenFromClient() -> [UInt8] { taken(from: clientEnds[1]) }

        func give(_ bytes: some Collection<UInt8>, toServer isServer: Bool = true) throws {
            let bytes = Array(bytes)
            guard !bytes.isEmpty else { return }
            try #require(send(isServer ? serverEnds[1] : clientEnds[1], bytes, bytes.count, 0) == bytes.count)
        }

        func shakeHands() throws {
            for _ in 0..<4 {
                _ = client.handshake()
                try give(takenFromClient())
                _ = server.handshake()
                try give(taken(from: serverEnds[1]), toServer: false)
            }
            try #require(client.handshake() == .done)
            try #require(server.handshake() == .done)
            // From here on the session knows that nothing is left of the handshake.
            #expect(received() == nil)
        }

        /// A record with a text of the client.
        func record(_ text: String) throws -> [UInt8] {
            guard case .bytes(text.utf8.count) = Array(text.utf8).withUnsafeBytes({ client.send($0) }) else {
                throw ProxyError(.systemFailure, "the client could not send")
            }
            return takenFromClient()
        }

        /// What the server receives; nil if there is nothing.
        func received() -> String? {
            withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 16) { buffer in
                guard case .bytes(let count) = server.receive(into: buffer) else { return nil }
                return String(decoding: buffer[..<count], as: UTF8.self)
            }
        }
    }

    private func withPair(_ body: (Pair) throws -> Void) async throws {
        try await Tool.withDirectory { directory in
            let pair = try Pair(await Tool.certificate(in: directory))
            try pair.shakeHands()
            try body(pair)
        }
    }

    @Test("a record that came alone has emptied the socket")
    func alone() async throws {
        try await withPair { pair in
            for text in ["first", "second"] {
                try pair.give(pair.record(text))
                #expect(pair.received() == text)
                #expect(pair.server.hasEmptiedSocket)
                #expect(pair.received() == nil)
            }
        }
    }

    @Test("records that came together are not taken for the last before all have been read")
    func together() async throws {
        try await withPair { pair in
            try pair.give(pair.record("first") + pair.record("second"))
            #expect(pair.received() == "first")
            #expect(!pair.server.hasEmptiedSocket)
            #expect(pair.received() == "second")
            #expect(pair.received() == nil)
        }
    }

    @Test("the rest of a record with another behind it does not hide that one")
    func rest() async throws {
        try await withPair { pair in
            let (first, second) = (try pair.record("first"), try pair.record("second"))
            try pair.give(first.prefix(9))
            #expect(pair.received() == nil)
            try pair.give(first.dropFirst(9) + second)
            #expect(pair.received() == "first")
            // The library has read the first record's rest and no more: the second is in the socket still.
            #expect(!pair.server.hasEmptiedSocket)
            #expect(pair.received() == "second")
            #expect(pair.server.hasEmptiedSocket)
        }
    }

    @Test("more than the library reads at once is not taken for all")
    func large() async throws {
        try await withPair { pair in
            let text = String(repeating: "x", count: 16_000)
            try pair.give(pair.record(text) + pair.record(text) + pair.record("last"))
            var all = ""
            while !all.hasSuffix("last") {
                let part = try #require(pair.received())
                all += part
                if !all.hasSuffix("last") { #expect(!pair.server.hasEmptiedSocket) }
            }
            #expect(all.utf8.count == 32_004)
        }
    }
}
