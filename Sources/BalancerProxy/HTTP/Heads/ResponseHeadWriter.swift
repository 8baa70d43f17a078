// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Writes an answer's head as an HTTP/1 client gets it.
struct ResponseHeadWriter {
    /// What a client is told of its connection.
    enum Connection {
        /// It goes on, as HTTP/1.1 does by default.
        case goesOn
        /// It goes on, which an HTTP/1.0 client must be told.
        case keptAlive
        case closes
        case upgrades
    }

    let head: ResponseHead
    let message: MessageView
    let framing: BodyFraming
    let connection: Connection
    /// The name in `Via`.
    let via: String?
    /// A `Set-Cookie` to add.
    let cookie: String?

    /// Writes the head with its blank line.
    func write(to queue: inout ByteQueue) {
        queue.append("HTTP/1.1 ")
        queue.append(number: UInt64(head.status))
        queue.append(byte: ASCII.space)
        queue.append(message.bytes[head.reason])
        queue.append("\r\n")
        for index in 0..<message.count where Self.isForwarded(message.fields[index].kind) {
            queue.append(name: message.name(index), value: message.value(index))
        }
        if !head.isInformational {
            writeFraming(to: &queue)
            writeConnection(to: &queue)
            if let via {
                // The protocol that the answer came by, RFC 9110 section 7.6.3.
                queue.append(head.traits.contains(.secondVersion) ? "Via: 2 " : "Via: 1.1 ")
                queue.append(text: via)
                queue.append("\r\n")
            }
            if let cookie {
                queue.append("Set-Cookie: ")
                queue.append(text: cookie)
                queue.append("\r\n")
            }
        }
        queue.append("\r\n")
    }

    /// Whether a header of an answer is for the client: not what belongs to this hop, nor a load report.
    static func isForwarded(_ kind: FieldKind) -> Bool {
        switch kind {
        case .hopByHop, .connection, .contentLength, .transferEncoding, .keepAlive, .upgrade, .te, .loadReport: false
        default: true
        }
    }

    private func writeFraming(to queue: inout ByteQueue) {
        switch framing {
        case .chunked: queue.append("Transfer-Encoding: chunked\r\n")
        case .length(let count): queue.append(length: count)
        case .none:
            // HEAD and 304 may state the length of what they leave out; 1xx and 204 may not.
            if head.status >= 200, head.status != 204, let length = head.length { queue.append(length: length) }
        case .untilClose: break
        }
    }

    private func writeConnection(to queue: inout ByteQueue) {
        switch connection {
        case .goesOn: break
        case .keptAlive: queue.append("Connection: keep-alive\r\n")
        case .closes: queue.append("Connection: close\r\n")
        case .upgrades:
            for index in 0..<message.count where message.fields[index].kind == .upgrade {
                queue.append(name: message.name(index), value: message.value(index))
            }
            queue.append("Connection: upgrade\r\n")
        }
    }
}
