// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization

/// A registry that misbehaves as a test wants, which no real one can be made to: it breaks connections, lies, and
/// redirects.
final class FaultyRegistry: Sendable {
    /// A request it got.
    struct Request: Sendable {
        var method: String
        /// The path with its query.
        var target: String
        var headers: [String: String]
    }

    /// What it answers.
    struct Answer: Sendable {
        var status = "200 OK"
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        /// How many bytes of the body are really sent before the connection breaks.
        var sent: Int?
    }

    let port: UInt16
    private let socket: Int32
    private let answer: @Sendable (Request) -> Answer
    private let received = Mutex<[Request]>([])

    var authority: String { "127.0.0.1:\(port)" }

    /// All requests so far.
    var requests: [Request] { received.withLock { $0 } }

    init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        (socket, port) = try Loopback.listen()
        self.answer = answer
        let (socket, received) = (socket, Handle(self))
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Loop(socket: socket, handle: received))
        pthread_create(&thread, nil, { Loop.run($0) }, context.toOpaque())
        pthread_detach(thread)
    }

    deinit {
        // Ends the accepting thread.
        shutdown(socket, Int32(SHUT_RDWR))
    }

    /// A weak reference, so that the thread does not keep the registry alive.
    private struct Handle: Sendable {
        weak let registry: FaultyRegistry?

        init(_ registry: FaultyRegistry) {
            self.registry = registry
        }
    }

    private final class Loop {
        let socket: Int32
        let handle: Handle

        init(socket: Int32, handle: Handle) {
            self.socket = socket
            self.handle = handle
        }

        static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            guard let context else { return nil }
            let loop = Unmanaged<Loop>.fromOpaque(context).takeRetainedValue()
            while case let connection = accept(loop.socket, nil, nil), connection >= 0 {
                loop.handle.registry?.serve(connection)
                close(connection)
            }
            close(loop.socket)
            return nil
        }
    }

    /// Answers one request; the connection ends with it.
    private func serve(_ connection: Int32) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            bytes += buffer[..<count]
            // A TLS greeting begins with 0x16: end, so that the client tries without.
            if bytes[0] == 0x16 { return }
            if String(decoding: bytes, as: UTF8.self).contains("\r\n\r\n") { break }
        }
        guard let request = Self.parse(String(decoding: bytes, as: UTF8.self)) else { return }
        received.withLock { $0.append(request) }
        let reply = answer(request)
        var head = "HTTP/1.1 \(reply.status)\r\nContent-Length: \(reply.body.count)\r\nConnection: close\r\n"
        for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
        let body = request.method == "HEAD" ? [] : Array(reply.body.prefix(reply.sent ?? reply.body.count))
        let message = Array("\(head)\r\n".utf8) + body
        var done = 0
        while done < message.count {
            let count = message[done...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            done += count
        }
    }

    private static func parse(_ text: String) -> Request? {
        let lines = text.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        return Request(method: String(words[0]), target: String(words[1]), headers: headers)
    }
}
