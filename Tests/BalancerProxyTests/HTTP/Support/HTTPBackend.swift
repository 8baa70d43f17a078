// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

@testable import BalancerProxy

/// A request as a test's backend got it.
struct BackendRequest: Sendable {
    /// The head, line by line.
    let lines: [String]
    let body: [UInt8]
    /// Which connection it came on, from 1.
    let connection: Int

    var line: String { lines.first ?? "" }

    func value(_ name: String) -> String? {
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                return String(parts[1].drop { $0 == " " })
            }
        }
        return nil
    }

    func has(_ name: String) -> Bool { value(name) != nil }
}

/// A real HTTP server on loopback whose answers are bytes that a test writes.
final class HTTPBackend: Sendable {
    private struct State {
        var requests: [BackendRequest] = []
        var connections = 0
    }

    let server: TestServer
    private let state: Recorder

    /// Answers each request with what `answer` returns, and closes if that is nil.
    init(answer: @escaping @Sendable (BackendRequest) throws -> String?) throws {
        let state = Recorder()
        self.state = state
        server = try TestServer { socket in
            let number = state.connect()
            let reader = RequestReader(socket)
            while let request = try reader.next(connection: number) {
                state.note(request)
                guard let text = try answer(request) else { return }
                try socket.write(text)
            }
        }
    }

    /// Answers with a status of 200 and a text.
    convenience init(text: String) throws {
        try self.init { _ in Self.ok(text) }
    }

    var address: StreamAddress { server.address }
    var requests: [BackendRequest] { state.requests }
    var connections: Int { state.connections }

    static func ok(_ text: String, fields: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\(fields)\r\n\(text)"
    }

    private final class Recorder: Sendable {
        private let state = Mutex(State())

        var requests: [BackendRequest] { state.withLock { $0.requests } }
        var connections: Int { state.withLock { $0.connections } }

        func note(_ request: BackendRequest) {
            state.withLock { $0.requests.append(request) }
        }

        func connect() -> Int {
            state.withLock { state in
                state.connections += 1
                return state.connections
            }
        }
    }
}

/// Reads requests from a blocking socket, in a way of its own.
final class RequestReader {
    private let socket: TestSocket
    private var bytes: [UInt8] = []

    init(_ socket: TestSocket) {
        self.socket = socket
    }

    /// The next request; nil at the end.
    func next(connection: Int) throws -> BackendRequest? {
        guard let head = try until("\r\n\r\n") else { return nil }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
        let request = BackendRequest(lines: lines, body: [], connection: connection)
        var body: [UInt8] = []
        if let length = request.value("Content-Length").flatMap(Int.init) {
            body = try exactly(length) ?? []
        } else if request.has("Transfer-Encoding") {
            body = try chunks()
        }
        return BackendRequest(lines: lines, body: body, connection: connection)
    }

    private func chunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while let line = try until("\r\n") {
            let size = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) ?? 0
            if size == 0 {
                while let trailer = try until("\r\n"), trailer.count > 2 {}
                break
            }
            body += try exactly(size) ?? []
            _ = try exactly(2)
        }
        return body
    }

    private func until(_ mark: String) throws -> [UInt8]? {
        let mark = Array(mark.utf8)
        while true {
            if let end = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }) {
                defer { bytes.removeFirst(end + mark.count) }
                return Array(bytes[..<(end + mark.count)])
            }
            guard try more() else { return nil }
        }
    }

    private func exactly(_ count: Int) throws -> [UInt8]? {
        while bytes.count < count {
            guard try more() else { return nil }
        }
        defer { bytes.removeFirst(count) }
        return Array(bytes[..<count])
    }

    private func more() throws -> Bool {
        let fresh = try socket.read()
        bytes += fresh
        return !fresh.isEmpty
    }
}
