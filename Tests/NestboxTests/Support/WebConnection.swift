// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// A connection to a web server that is kept from one request to the next, as a browser keeps it.
///
/// Everything here blocks: to be used on a thread of one's own.
final class WebConnection {
    struct Answer {
        var status: Int
        var head: String
        var body: String
    }

    struct Broken: Error, CustomStringConvertible {
        var description: String
    }

    private let socket: FileDescriptor
    private var buffer: [UInt8] = []

    init(port: UInt16) throws {
        socket = try WebClient.connect(port)
    }

    deinit {
        try? socket.close()
    }

    /// Asks, and reads the whole answer.
    func get(_ path: String, fields: String = "") throws -> Answer {
        let request = Array("GET \(path) HTTP/1.1\r\nHost: test\r\n\(fields)\r\n".utf8)
        var sent = 0
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes {
                send(socket.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Broken(description: "the request could not be sent: \(errno)") }
            sent += count
        }
        let end: Int
        while true {
            if let found = headEnd {
                end = found
                break
            }
            try fill()
        }
        let head = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeFirst(end)
        let lines = head.split(whereSeparator: \.isNewline)
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let length = lines.lazy.map { $0.split(separator: ":", maxSplits: 1) }
            .first { $0[0].lowercased() == "content-length" }
            .flatMap { Int($0[1].drop { $0 == " " }) }
        while buffer.count < length ?? 0 { try fill() }
        let body = String(decoding: buffer.prefix(length ?? 0), as: UTF8.self)
        buffer.removeFirst(length ?? 0)
        return Answer(status: status, head: head, body: body)
    }

    private var headEnd: Int? {
        guard buffer.count >= 4 else { return nil }
        let mark = Array("\r\n\r\n".utf8)
        return (0...(buffer.count - 4)).first { buffer[$0..<($0 + 4)].elementsEqual(mark) }.map { $0 + 4 }
    }

    private func fill() throws {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = try chunk.withUnsafeMutableBytes { try socket.read(into: $0) }
        guard count > 0 else { throw Broken(description: "the connection ended after \(buffer.count) bytes") }
        buffer += chunk[..<count]
    }
}
