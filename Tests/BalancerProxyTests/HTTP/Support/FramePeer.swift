// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

@testable import BalancerProxy

/// One connection of an endpoint that speaks HTTP/2 frame by frame, as a test's script says.
final class FramePeer {
    struct Frame {
        let type: UInt8
        let flags: UInt8
        let stream: UInt32
        let payload: [UInt8]

        var endsStream: Bool { type <= 1 && flags & 1 != 0 }
        /// The number that RST_STREAM and WINDOW_UPDATE carry.
        var number: Int { payload.suffix(4).reduce(0) { $0 << 8 | Int($1) } }
    }

    let socket: TestSocket
    /// What the proxy lets a stream send at first.
    private(set) var initialWindow = 65_535
    /// What the proxy lets all streams send now.
    var connectionWindow = 65_535

    /// Reads the preface and says the settings.
    init(_ socket: TestSocket, settings: [UInt8] = []) throws {
        self.socket = socket
        _ = try socket.read(exactly: 24)
        try write(4, 0, 0, settings)
    }

    /// A setting, RFC 9113 section 6.5.1.
    static func setting(_ number: UInt16, _ value: UInt32) -> [UInt8] {
        [UInt8(number >> 8), UInt8(number & 255)] + (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    /// The next frame; those that only keep the connection going are answered and passed over.
    func next() throws -> Frame? {
        while true {
            let head = try socket.read(exactly: 9)
            guard head.count == 9 else { return nil }
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            let payload = try socket.read(exactly: length)
            let stream = head[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
            let frame = Frame(type: head[3], flags: head[4], stream: stream, payload: payload)
            switch frame.type {
            case 4:
                guard frame.flags & 1 == 0 else { continue }
                for start in stride(from: 0, to: payload.count, by: 6) where payload[start + 1] == 4 {
                    initialWindow = payload[(start + 2)..<(start + 6)].reduce(0) { $0 << 8 | Int($1) }
                }
                try write(4, 1, 0, [])
            case 6: if frame.flags & 1 == 0 { try write(6, 1, 0, payload) }
            case 8 where stream == 0:
                connectionWindow += frame.number
                return frame
            default: return frame
            }
        }
    }

    /// Waits for a frame of a kind.
    func next(_ type: UInt8, on stream: UInt32? = nil) throws -> Frame? {
        while let frame = try next() {
            if frame.type == type, stream == nil || stream == frame.stream { return frame }
        }
        return nil
    }

    /// The stream of the next request; what else comes is passed over.
    func request() throws -> UInt32? { try next(1)?.stream }

    func write(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) throws {
        try socket.write(Frames.frame(type, flags, stream, payload))
    }

    /// Says a head of status 200, by HPACK's static table, and other fields.
    func head(_ stream: UInt32, fields: [UInt8] = [], ends: Bool = false) throws {
        try write(1, ends ? 5 : 4, stream, [0x88] + fields)
    }

    /// Answers a request.
    func answer(_ stream: UInt32, _ body: String) throws {
        try head(stream)
        try write(0, 1, stream, Array(body.utf8))
    }

    func reset(_ stream: UInt32, _ code: UInt8) throws {
        try write(3, 0, stream, [0, 0, 0, code])
    }

    /// Takes no more requests than up to a stream.
    func goAway(last stream: UInt32) throws {
        try write(7, 0, 0, (0..<4).map { UInt8(truncatingIfNeeded: stream >> (24 - 8 * $0)) } + [0, 0, 0, 0])
    }

    func grow(_ stream: UInt32, by count: UInt32) throws {
        try write(8, 0, stream, (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) })
    }
}

/// Runs a proxy of one thread in front of endpoints that speak HTTP/2.
func withHTTP2Endpoints<Result>(
    _ endpoints: [Endpoint<StreamAddress>],
    configure: (inout HTTPProxyConfiguration) throws -> Void = { _ in },
    _ body: (HTTPProxy<DirectConnector>, StreamAddress) async throws -> Result
) async throws -> Result {
    var configuration = HTTPProxyConfiguration()
    configuration.upstreamProtocol = .http2
    try configure(&configuration)
    let proxy = try HTTPProxy(
        listeners: [TCPListener(.loopback(port: 0))],
        balancer: LoadBalancer(policy: .roundRobin, endpoints: endpoints),
        configuration: configuration,
        workers: ProxyWorkers(count: 1)
    )
    async let running: Void = proxy.run()
    do {
        let result = try await body(proxy, proxy.localAddresses[0])
        proxy.shutdown(within: .zero)
        try await running
        return result
    } catch {
        proxy.shutdown(within: .zero)
        throw error
    }
}

/// Waits until a number has not changed for half a second.
func settled(_ counter: Counter) async throws -> Int {
    var last = counter.value
    var quiet = 0
    while quiet < 10 {
        try await Task.sleep(for: .milliseconds(50))
        quiet = counter.value == last && last > 0 ? quiet + 1 : 0
        last = counter.value
    }
    return last
}
