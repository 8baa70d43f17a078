// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// One client of a metrics server: a request, its answer, and the end of the connection.
final class MetricsClient: EventSource {
    private static let headLimit = 8192
    /// How long a request with its answer may take: ten seconds.
    private static let patience: UInt64 = 10_000_000_000

    let host: MetricsHost
    private let transport: Transport
    private let id: SourceID
    private var input = ByteQueue()
    private var output = ByteQueue()
    private var scanner = HeadScanner()
    private var isAnswered = false
    private var isClosed = false

    init(_ descriptor: CInt, host: MetricsHost) {
        transport = Transport(descriptor: descriptor)
        self.host = host
        id = host.loop.reserve()
    }

    func begin() {
        host.loop.install(self, as: id)
        host.loop.setDeadline(host.loop.now + Self.patience, for: id)
        do {
            try host.loop.watch(transport.descriptor, .stream, for: id, channel: 0)
        } catch {
            close()
        }
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {
        if !events.isDisjoint(with: [.hangUp, .failed]) { return close() }
        if !isAnswered { read() }
        if isAnswered { send() }
    }

    func deadlinePassed() {
        close()
    }

    private func read() {
        while !isAnswered, !isClosed {
            switch transport.receive(into: host.loop.scratch) {
            case .bytes(let count): take(UnsafeRawBufferPointer(rebasing: host.loop.scratch[..<count]))
            case .empty: return
            case .end, .failed: return close()
            }
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        input.append(bytes)
        do throws(HTTPSyntaxError) {
            guard let length = try scanner.findEnd(in: input.bytes, limit: Self.headLimit) else { return }
            let head = input.bytes.part(0..<length)
            answer(try RequestParser.read(head, into: host.fields), head)
        } catch {
            isAnswered = true
            StatusText.write(error.status, closes: true, isHead: false, to: &output)
        }
    }

    private func answer(_ request: RequestHead, _ head: UnsafeRawBufferPointer) {
        isAnswered = true
        let target = head[request.target]
        let path = target.part(0..<(target.firstIndex(of: UInt8(ascii: "?")) ?? target.count))
        guard path.equals("/metrics") else { return write("404 Not Found", "text/plain", "404 Not Found\n", request) }
        guard request.verb == .get || request.verb == .head else {
            return write(
                "405 Method Not Allowed\r\nAllow: GET, HEAD",
                "text/plain",
                "405 Method Not Allowed\n",
                request
            )
        }
        write("200 OK", "text/plain; version=0.0.4; charset=utf-8", host.text(), request)
    }

    private func write(_ status: StaticString, _ type: StaticString, _ body: String, _ request: RequestHead) {
        output.append("HTTP/1.1 ")
        output.append(status)
        output.append("\r\nContent-Type: ")
        output.append(type)
        output.append("\r\nConnection: close\r\n")
        output.append(length: UInt64(body.utf8.count))
        output.append("\r\n")
        if request.verb != .head { output.append(text: body) }
    }

    private func send() {
        while !output.isEmpty {
            switch transport.send(output.bytes) {
            case .bytes(let count): output.removeFirst(count)
            case .full: return
            case .failed: return close()
            }
        }
        // What the client sent beyond its request is read first, for a close with unread bytes is a reset.
        transport.finishSending()
        while case .bytes = transport.receive(into: host.loop.scratch) {}
        close()
    }

    /// Ends the connection.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        transport.close()
        host.loop.remove(id)
        host.leave()
    }
}
