// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

@testable import BalancerProxy

/// Runs an HTTP proxy in front of endpoints for as long as `body` takes.
func withHTTPProxy<Result>(
    to endpoints: [Endpoint<StreamAddress>],
    policy: any Policy = .roundRobin,
    balancing: BalancerConfiguration = BalancerConfiguration(),
    configure: (inout HTTPProxyConfiguration) -> Void = { _ in },
    _ body: (HTTPProxy<DirectConnector>, StreamAddress) async throws -> Result
) async throws -> Result {
    var configuration = HTTPProxyConfiguration()
    configuration.drainTimeout = .seconds(5)
    configure(&configuration)
    let proxy = try HTTPProxy(
        listeners: [TCPListener(.loopback(port: 0))],
        balancer: LoadBalancer(policy: policy, endpoints: endpoints, configuration: balancing),
        configuration: configuration
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

/// Endpoints for backends, named `e0`, `e1` and so on.
func endpoints(_ backends: [HTTPBackend]) -> [Endpoint<StreamAddress>] {
    endpoints(backends.map(\.server))
}

/// An answer as a client got it.
struct ClientAnswer: Sendable {
    let status: Int
    /// The head, line by line.
    let lines: [String]
    let body: String

    func value(_ name: String) -> String? {
        BackendRequest(lines: lines, body: [], connection: 0).value(name)
    }
}

/// A client's connection that sends bytes as they are and reads answers in a way of its own.
final class RawClient: Sendable {
    let socket: TestSocket

    init(_ address: StreamAddress) async throws {
        socket = try await TestSocket.connect(to: address)
    }

    func send(_ text: String) async throws {
        try await Thread.run { [socket] in try socket.write(text) }
    }

    /// Reads one answer, by its length or its chunks, or to the end.
    func answer(toHead: Bool = false) async throws -> ClientAnswer {
        try await Thread.run { [socket] in try Self.read(socket, toHead: toHead) }
    }

    /// Sends a request and reads the answer to it.
    func ask(_ text: String) async throws -> ClientAnswer {
        try await send(text)
        return try await answer()
    }

    /// All that comes until the end.
    func remainder() async throws -> String {
        String(decoding: try await socket.remainder(), as: UTF8.self)
    }

    private static func read(_ socket: TestSocket, toHead: Bool) throws -> ClientAnswer {
        var head = ""
        while !head.hasSuffix("\r\n\r\n") {
            let byte = try socket.read(exactly: 1)
            guard !byte.isEmpty else { return ClientAnswer(status: 0, lines: [], body: "") }
            head.unicodeScalars.append(Unicode.Scalar(byte[0]))
        }
        let lines = head.unicodeScalars.split(separator: "\n").map {
            String($0.filter { $0 != "\r" }.map(Character.init))
        }
        .filter { !$0.isEmpty }
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        let partial = ClientAnswer(status: status, lines: lines, body: "")
        if toHead || status == 204 || status == 304 || status < 200 { return partial }
        var body: [UInt8] = []
        if let length = partial.value("Content-Length").flatMap(Int.init) {
            body = try socket.read(exactly: length)
        } else if partial.value("Transfer-Encoding") != nil {
            body = try readChunks(socket)
        } else {
            body = try socket.readToEnd()
        }
        return ClientAnswer(status: status, lines: lines, body: String(decoding: body, as: UTF8.self))
    }

    private static func readLine(_ socket: TestSocket) throws -> String {
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") {
            let byte = try socket.read(exactly: 1)
            if byte.isEmpty { break }
            line += byte
        }
        return String(decoding: line.dropLast(2), as: UTF8.self)
    }

    private static func readChunks(_ socket: TestSocket) throws -> [UInt8] {
        var body: [UInt8] = []
        while let size = Int(try readLine(socket), radix: 16), size > 0 {
            body += try socket.read(exactly: size)
            _ = try socket.read(exactly: 2)
        }
        while !(try readLine(socket)).isEmpty {}
        return body
    }
}

/// A plain request.
func get(_ path: String = "/", fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: example.org\r\n\(fields)\r\n"
}

/// Sends one request on a connection of its own and reads the answer.
func ask(_ address: StreamAddress, _ text: String) async throws -> ClientAnswer {
    try await RawClient(address).ask(text)
}
