// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

@testable import BalancerProxy

/// What the parsers make of bytes: an error, or a request, what of it is forwarded, its body and what is left.
enum FuzzOutcome: Equatable {
    case refused
    case incomplete
    case read(target: [UInt8], forwarded: [UInt8], body: [UInt8], rest: Int)

    /// Reads one request from bytes that come in pieces.
    static func read(_ bytes: [UInt8], pieces size: Int) -> FuzzOutcome {
        let fields = FieldList(capacity: 64)
        do {
            guard let length = try findHead(bytes, size) else { return .incomplete }
            return try bytes.withUnsafeBytes { raw in
                let bytes = raw.part(0..<length)
                let head = try RequestParser.read(bytes, into: fields)
                let message = MessageView(bytes: bytes, fields: fields)
                var forwarded = ByteQueue()
                RequestHeadWriter(
                    head: head,
                    message: message,
                    origin: RequestOrigin(peer: .loopback(port: 1), isSecure: false),
                    forwarding: ForwardingHeaders()
                ).write(to: &forwarded)
                let target = Array(bytes[head.target])
                let framing = head.framing
                guard let (body, used) = try readBody(raw.from(length), framing, size) else { return .incomplete }
                if framing == .chunked {
                    body.withUnsafeBytes { forwarded.append(chunk: $0) }
                    forwarded.append("0\r\n\r\n")
                } else {
                    body.withUnsafeBytes { forwarded.append($0) }
                }
                return .read(
                    target: target,
                    forwarded: Array(forwarded.bytes),
                    body: body,
                    rest: raw.count - length - used
                )
            }
        } catch {
            return .refused
        }
    }

    private static func findHead(_ bytes: [UInt8], _ size: Int) throws -> Int? {
        var scanner = HeadScanner()
        for end in stride(from: min(size, bytes.count), through: bytes.count + size - 1, by: max(1, size)) {
            let found = try bytes[..<min(end, bytes.count)].withUnsafeBytes { try scanner.findEnd(in: $0, limit: 8192) }
            if let found { return found }
        }
        return nil
    }

    private static func readBody(
        _ bytes: UnsafeRawBufferPointer,
        _ framing: BodyFraming,
        _ size: Int
    ) throws -> ([UInt8], Int)? {
        var reader = BodyReader(framing)
        var body: [UInt8] = []
        var start = 0
        while true {
            let piece = bytes.part(start..<min(bytes.count, start + max(1, size)))
            var position = 0
            step: while true {
                switch try reader.next(in: piece, from: &position, limit: 8192) {
                case .data(let range): body += piece.part(range)
                case .needsMore: break step
                case .finished: return (body, start + position)
                }
            }
            start += position
            if start >= bytes.count { return nil }
        }
    }
}
