// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Writes a request's head as an endpoint gets it: without what was meant for the proxy, with what the proxy knows.
struct RequestHeadWriter {
    let head: RequestHead
    let message: MessageView
    let origin: RequestOrigin
    let forwarding: ForwardingHeaders

    private var appends: Bool { forwarding.clientHeaders == .append }

    /// Writes the head with its blank line.
    func write(to queue: inout ByteQueue) {
        queue.append(message.bytes[head.method])
        queue.append(byte: ASCII.space)
        queue.append(message.bytes[head.target])
        queue.append(" HTTP/1.1\r\nHost: ")
        queue.append(message.bytes[head.authority])
        queue.append("\r\n")
        for index in 0..<message.count where isForwarded(message.fields[index].kind) {
            queue.append(name: message.name(index), value: message.value(index))
        }
        writeFraming(to: &queue)
        if head.traits.contains(.upgrade) { writeUpgrade(to: &queue) }
        if head.traits.contains(.expectsContinue) { queue.append("Expect: 100-continue\r\n") }
        if head.traits.contains(.takesTrailers) { queue.append("TE: trailers\r\n") }
        if forwarding.sendsXForwarded { writeXForwarded(to: &queue) }
        if forwarding.sendsForwarded { writeForwarded(to: &queue) }
        if let via = forwarding.via {
            // The protocol that the request came by, RFC 9110 section 7.6.3.
            queue.append("Via: ")
            queue.append(receivedProtocol)
            queue.append(text: via)
            queue.append("\r\n")
        }
        queue.append("\r\n")
    }

    private var receivedProtocol: StaticString {
        if head.traits.contains(.secondVersion) { return "2 " }
        return head.traits.contains(.oldVersion) ? "1.0 " : "1.1 "
    }

    private func isForwarded(_ kind: FieldKind) -> Bool {
        switch kind {
        case .other, .cookie, .trailer, .via: true
        case .forwarded: appends && !forwarding.sendsForwarded
        case .forwardedFor: appends && !forwarding.sendsXForwarded
        case .forwardedProto, .forwardedHost, .forwardedOther: appends
        default: false
        }
    }

    private func writeFraming(to queue: inout ByteQueue) {
        switch head.framing {
        case .chunked: queue.append("Transfer-Encoding: chunked\r\n")
        case .length(let count): queue.append(length: count)
        case .none, .untilClose:
            // A length of 0 is stated where the method lets expect a body, RFC 9110 section 8.6.
            if head.verb == .other || message.bytes[head.method].equals("PUT") { queue.append(length: 0) }
        }
    }

    private func writeUpgrade(to queue: inout ByteQueue) {
        for index in 0..<message.count where message.fields[index].kind == .upgrade {
            queue.append(name: message.name(index), value: message.value(index))
        }
        queue.append("Connection: upgrade\r\n")
    }

    /// A proxy in front that is trusted has said it first; what it said of scheme and host stands.
    private func writeXForwarded(to queue: inout ByteQueue) {
        if let peer = origin.peer {
            queue.append("X-Forwarded-For: ")
            if appends { writeEarlier(.forwardedFor, to: &queue) }
            queue.append(host: peer)
            queue.append("\r\n")
        }
        if !(appends && has(.forwardedProto)) {
            queue.append(origin.isSecure ? "X-Forwarded-Proto: https\r\n" : "X-Forwarded-Proto: http\r\n")
        }
        if head.authority.count > 0, !(appends && has(.forwardedHost)) {
            queue.append(name: "X-Forwarded-Host", value: message.bytes[head.authority])
        }
    }

    /// RFC 7239; an address or host with a colon in it is quoted.
    private func writeForwarded(to queue: inout ByteQueue) {
        queue.append("Forwarded: ")
        if appends { writeEarlier(.forwarded, to: &queue) }
        queue.append("for=")
        switch origin.peer {
        case .ipv6(_, _, _)?:
            queue.append("\"[")
            if let peer = origin.peer { queue.append(host: peer) }
            queue.append("]\"")
        case let peer?: queue.append(host: peer)
        case nil: queue.append("unknown")
        }
        if head.authority.count > 0 {
            queue.append(";host=\"")
            queue.append(message.bytes[head.authority])
            queue.append("\"")
        }
        queue.append(origin.isSecure ? ";proto=https\r\n" : ";proto=http\r\n")
    }

    private func writeEarlier(_ kind: FieldKind, to queue: inout ByteQueue) {
        for index in 0..<message.count where message.fields[index].kind == kind {
            queue.append(message.value(index))
            queue.append(", ")
        }
    }

    private func has(_ kind: FieldKind) -> Bool {
        (0..<message.count).contains { message.fields[$0].kind == kind }
    }
}

extension ByteQueue {
    /// Adds a header's line.
    mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// Adds a header's line.
    mutating func append(name: StaticString, value: UnsafeRawBufferPointer) {
        append(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
    }

    private mutating func append(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        append(name: name, value: value)
    }

    /// Adds a `Content-Length`.
    mutating func append(length: UInt64) {
        append("Content-Length: ")
        append(number: length)
        append("\r\n")
    }
}
