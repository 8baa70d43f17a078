// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An answer's line and what its headers say; places are in the head's bytes.
struct ResponseHead {
    var status: Int
    var reason: ByteSlice
    var framing: BodyFraming
    var traits: MessageTraits
    /// The `Content-Length`, also where there is no body, as in the answer to HEAD.
    var length: UInt64?

    /// Whether the endpoint's connection can be used again.
    var keepsConnection: Bool {
        if framing == .untilClose || traits.contains(.close) { return false }
        return !traits.contains(.oldVersion) || traits.contains(.keepAlive)
    }

    /// Whether there is a final answer to come.
    var isInformational: Bool { status < 200 && status != 101 }
}

/// Reads an answer's head, RFC 9112, as strictly as requests: an endpoint that can be misread can poison a connection
/// for the next client.
enum ResponseParser {
    /// Reads a head.
    ///
    /// - Parameters:
    ///   - bytes: The head with its blank line.
    ///   - verb: The request's method, on which it depends whether there is a body.
    ///   - fields: Where the headers go.
    /// - Returns: The head.
    /// - Throws: ``HTTPSyntaxError`` for what is refused.
    static func read(
        _ bytes: UnsafeRawBufferPointer,
        answering verb: RequestVerb,
        into fields: FieldList
    ) throws(HTTPSyntaxError) -> ResponseHead {
        guard bytes.count >= 14, bytes.begins(with: "HTTP/1."), bytes[8] == ASCII.space else {
            throw .malformedStatusLine
        }
        guard bytes[7] == UInt8(ascii: "1") || bytes[7] == UInt8(ascii: "0") else { throw .unsupportedVersion }
        guard let status = ASCII.decimal(bytes.part(9..<12)), status >= 100, status < 600 else {
            throw .malformedStatusLine
        }
        var position = 12
        let reason = try readReason(bytes, &position)
        fields.removeAll()
        try FieldParser.read(bytes, from: position, into: fields)

        var framing = FramingFields()
        try framing.read(MessageView(bytes: bytes, fields: fields))
        let isOld = bytes[7] == UInt8(ascii: "0")
        if isOld, framing.isChunked { throw .malformedTransferEncoding }
        return ResponseHead(
            status: Int(status),
            reason: reason,
            framing: bodyFraming(framing, status: Int(status), verb: verb),
            traits: isOld ? framing.traits.union(.oldVersion) : framing.traits,
            length: framing.length
        )
    }

    private static func readReason(
        _ bytes: UnsafeRawBufferPointer,
        _ position: inout Int
    ) throws(HTTPSyntaxError) -> ByteSlice {
        if bytes[position] == ASCII.space {
            position += 1
        } else if bytes[position] != ASCII.carriageReturn {
            throw .malformedStatusLine
        }
        let start = position
        position = ASCII.endOfFieldValue(in: bytes, from: start)
        guard position + 1 < bytes.count, bytes[position] == ASCII.carriageReturn,
            bytes[position + 1] == ASCII.lineFeed
        else { throw .malformedStatusLine }
        defer { position += 2 }
        return ByteSlice(start..<position)
    }

    private static func bodyFraming(_ fields: FramingFields, status: Int, verb: RequestVerb) -> BodyFraming {
        if verb == .head || status < 200 || status == 204 || status == 304 { return .none }
        if fields.isChunked { return .chunked }
        guard let length = fields.length else { return .untilClose }
        return length == 0 ? .none : .length(length)
    }
}
