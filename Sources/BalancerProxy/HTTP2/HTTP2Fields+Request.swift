// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension HTTP2Fields {
    /// Adds the fields of a request, RFC 9113 section 8.3.1, from its head as it is in HTTP/1.
    ///
    /// - Parameters:
    ///   - request: The head.
    ///   - message: The head's fields.
    ///   - isSecure: Whether the endpoint's connection is encrypted.
    func add(_ request: RequestHead, _ message: MessageView, isSecure: Bool) {
        add(":method", message.bytes[request.method])
        add(":scheme", isSecure ? "https" : "http")
        if !request.authority.isEmpty { add(":authority", message.bytes[request.authority]) }
        add(":path", message.bytes[request.target])
        for index in 0..<message.count where Self.isForwarded(message.fields[index].kind) {
            add(message.name(index), message.value(index))
        }
        if case .length(let count) = request.framing { add("content-length", number: count) }
    }

    /// Whether a field is for the other end, not of an HTTP/1 connection, RFC 9113 section 8.2.2.
    private static func isForwarded(_ kind: FieldKind) -> Bool {
        switch kind {
        case .hopByHop, .connection, .contentLength, .transferEncoding, .host, .upgrade, .keepAlive: false
        default: true
        }
    }
}
