// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads a request's head, RFC 9112, more strictly than servers must: what two readers could understand differently is
/// refused, for that is how requests are smuggled.
enum RequestParser {
    private static let longestMethod = 32

    /// Reads a head.
    ///
    /// - Parameters:
    ///   - bytes: The head with its blank line, as ``HeadScanner`` found it.
    ///   - fields: Where the headers go.
    /// - Returns: The head.
    /// - Throws: ``HTTPSyntaxError`` for what is refused.
    static func read(
        _ bytes: UnsafeRawBufferPointer,
        into fields: FieldList
    ) throws(HTTPSyntaxError) -> RequestHead {
        var position = 0
        let method = try readMethod(bytes, &position)
        let verb = RequestVerb.of(bytes[method])
        let target = try readTarget(bytes, &position)
        let isOld = try readVersion(bytes, &position)
        fields.removeAll()
        try FieldParser.read(bytes, from: position, into: fields)
        if verb == .refused { throw .methodRefused }

        let message = MessageView(bytes: bytes, fields: fields)
        var framing = FramingFields()
        try framing.read(message)
        let place = try locate(target, verb: verb, host: framing.hostIndex, isOld: isOld, in: message)
        return RequestHead(
            method: method,
            target: place.target,
            authority: place.authority,
            framing: try bodyFraming(framing, isOld: isOld),
            traits: isOld
                ? framing.traits.subtracting([.upgrade, .expectsContinue]).union(.oldVersion) : framing.traits,
            verb: verb
        )
    }

    private static func bodyFraming(_ fields: FramingFields, isOld: Bool) throws(HTTPSyntaxError) -> BodyFraming {
        if fields.isChunked {
            // HTTP/1.0 knows no chunks, so the next reader may see none.
            if isOld { throw .malformedTransferEncoding }
            return .chunked
        }
        guard let length = fields.length, length > 0 else { return .none }
        return .length(length)
    }

    // MARK: The request line

    private static func readMethod(
        _ bytes: UnsafeRawBufferPointer,
        _ position: inout Int
    ) throws(HTTPSyntaxError) -> ByteSlice {
        while position < bytes.count, ASCII.isToken(bytes[position]) { position += 1 }
        let method = 0..<position
        guard position > 0, position <= longestMethod, position < bytes.count, bytes[position] == ASCII.space else {
            throw .malformedRequestLine
        }
        position += 1
        return ByteSlice(method)
    }

    private static func readTarget(
        _ bytes: UnsafeRawBufferPointer,
        _ position: inout Int
    ) throws(HTTPSyntaxError) -> ByteSlice {
        let start = position
        while position < bytes.count, ASCII.isTarget(bytes[position]) { position += 1 }
        let target = start..<position
        guard position > start, position < bytes.count else { throw .malformedTarget }
        guard bytes[position] == ASCII.space else {
            throw bytes[position] == ASCII.carriageReturn ? .malformedRequestLine : .malformedTarget
        }
        position += 1
        return ByteSlice(target)
    }

    /// - Returns: Whether it is HTTP/1.0.
    private static func readVersion(
        _ bytes: UnsafeRawBufferPointer,
        _ position: inout Int
    ) throws(HTTPSyntaxError) -> Bool {
        guard position + 10 <= bytes.count else { throw .malformedRequestLine }
        let version = bytes.part(position..<position + 8)
        guard bytes[position + 8] == ASCII.carriageReturn, bytes[position + 9] == ASCII.lineFeed,
            version.begins(with: "HTTP/"), ASCII.isDigit(version[5]), version[6] == UInt8(ascii: "."),
            ASCII.isDigit(version[7])
        else { throw .malformedRequestLine }
        position += 10
        if version.equals("HTTP/1.1") { return false }
        guard version.equals("HTTP/1.0") else { throw .unsupportedVersion }
        return true
    }

    // MARK: Where the request goes

    private static func locate(
        _ target: ByteSlice,
        verb: RequestVerb,
        host: Int?,
        isOld: Bool,
        in message: MessageView
    ) throws(HTTPSyntaxError) -> (target: ByteSlice, authority: ByteSlice) {
        if host == nil, !isOld { throw .missingHost }
        let authority = host.map { message.fields[$0].value } ?? .empty
        try checkHost(message.bytes[authority])
        let bytes = message.bytes[target]
        if bytes[0] == UInt8(ascii: "/") { return (target, authority) }
        if bytes.equals("*") {
            guard message.bytes.begins(with: "OPTIONS ") else { throw .malformedTarget }
            return (target, authority)
        }
        return try splitAbsolute(target, authority, hasHost: host != nil, in: message)
    }

    /// Takes `http://host/path` apart; the host must be the one that the header names.
    private static func splitAbsolute(
        _ target: ByteSlice,
        _ host: ByteSlice,
        hasHost: Bool,
        in message: MessageView
    ) throws(HTTPSyntaxError) -> (target: ByteSlice, authority: ByteSlice) {
        let bytes = message.bytes[target]
        let scheme =
            bytes.count > 7 && bytes.part(0..<7).matches("http://")
            ? 7
            : bytes.count > 8 && bytes.part(0..<8).matches("https://") ? 8 : 0
        guard scheme > 0 else { throw .malformedTarget }
        var end = scheme
        while end < bytes.count, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") { end += 1 }
        let authority = bytes.part(scheme..<end)
        guard authority.count > 0, end < bytes.count, bytes[end] == UInt8(ascii: "/") else { throw .malformedTarget }
        try checkHost(authority)
        guard !hasHost || authority.matches(message.bytes[host]) else { throw .authorityMismatch }
        return (
            ByteSlice(start: target.start + UInt32(end), count: target.count - UInt32(end)),
            ByteSlice(start: target.start + UInt32(scheme), count: UInt32(end - scheme))
        )
    }

    /// Refuses what is no host with a port.
    static func checkHost(_ host: UnsafeRawBufferPointer) throws(HTTPSyntaxError) {
        guard host.count <= 255, host.allSatisfy(ASCII.isAuthority) else { throw .malformedHost }
        guard let colon = host.lastIndex(of: UInt8(ascii: ":")), host.last != UInt8(ascii: "]") else { return }
        let port = host.from(colon + 1)
        guard port.count <= 5, port.allSatisfy(ASCII.isDigit) else { throw .malformedHost }
        let name = host.part(0..<colon)
        // More than one colon is an IPv6 address, which has brackets.
        guard name.first == UInt8(ascii: "[") || !name.contains(UInt8(ascii: ":")) else { throw .malformedHost }
    }
}
