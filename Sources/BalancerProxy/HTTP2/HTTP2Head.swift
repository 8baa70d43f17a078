// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Gathers a request's head from HTTP/2's header fields, and makes of it what an HTTP/1 request would be.
struct HTTP2Head: ~Copyable {
    private var bytes = ByteQueue()
    private var cookies = ByteQueue()
    private var slices: [(name: ByteSlice, value: ByteSlice)] = []
    private var method = ByteSlice.empty
    private var target = ByteSlice.empty
    private var authority = ByteSlice.empty
    private var hasAuthority = false
    private(set) var size = 0

    /// Begins another head, or trailers; gives the memory back but for a few slices.
    mutating func begin() {
        bytes.clear()
        cookies.clear()
        slices.removeAll(keepingCapacity: slices.capacity <= 32)
        method = .empty
        target = .empty
        authority = .empty
        hasAuthority = false
        size = 0
    }

    /// Takes a field, as long as what was taken before is within the limits; pseudo-headers have been checked for order
    /// and number by the library.
    ///
    /// - Returns: False if it was not taken: the head is refused when it ends.
    mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, within limits: HTTPLimits) -> Bool {
        guard size <= limits.headBytes, fieldCount <= limits.headerCount else { return false }
        // As RFC 9113 section 10.5.1 counts: 32 bytes beside name and value.
        size += name.count + value.count + 32
        if name.first == UInt8(ascii: ":") {
            addPseudo(name, value)
            return true
        }
        if name.equals("cookie") {
            if !cookies.isEmpty { cookies.append("; ") }
            cookies.append(value)
            return true
        }
        let start = bytes.count
        bytes.append(name)
        bytes.append(value)
        slices.append((ByteSlice(start..<start + name.count), ByteSlice(start + name.count..<bytes.count)))
        return true
    }

    private mutating func addPseudo(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        let slice = ByteSlice(bytes.count..<bytes.count + value.count)
        bytes.append(value)
        if name.equals(":method") { method = slice }
        if name.equals(":path") { target = slice }
        if name.equals(":authority") {
            authority = slice
            hasAuthority = true
        }
    }

    var fieldCount: Int { slices.count + (cookies.isEmpty ? 0 : 1) }

    /// Finishes the head.
    ///
    /// - Parameters:
    ///   - endsStream: Whether no body follows.
    ///   - fields: Where the fields go; their slices are of the second value returned.
    /// - Returns: The head, and its bytes, which live as long as this value is not changed.
    /// - Throws: ``HTTPSyntaxError`` for what HTTP/1 could not carry without being misread.
    mutating func finish(
        endsStream: Bool,
        into fields: FieldList
    ) throws(HTTPSyntaxError) -> (RequestHead, MessageView) {
        if !cookies.isEmpty {
            let start = bytes.count
            bytes.append("cookie")
            bytes.append(cookies.bytes)
            slices.append((ByteSlice(start..<start + 6), ByteSlice(start + 6..<bytes.count)))
            cookies.clear()
        }
        let raw = bytes.bytes
        let message = try trailers(into: fields)
        var framing = FramingFields()
        try framing.read(message)
        try checkLine(raw)
        try takeAuthority(from: framing, message)
        let verb = RequestVerb.of(raw[method])
        if verb == .refused { throw .methodRefused }
        let head = RequestHead(
            method: method,
            target: target,
            authority: authority,
            framing: Self.framing(framing.length, endsStream: endsStream),
            traits: framing.traits.subtracting([.close, .keepAlive, .upgrade]).union(.secondVersion),
            verb: verb
        )
        return (head, message)
    }

    /// The fields alone, such as trailers; see ``finish(endsStream:into:)``.
    func trailers(into fields: FieldList) throws(HTTPSyntaxError) -> MessageView {
        let raw = bytes.bytes
        fields.removeAll()
        for (name, value) in slices {
            guard !fields.isFull else { throw .tooManyFields }
            try check(raw[name], raw[value])
            fields.append(HeaderField(name: name, value: value, kind: FieldKind.of(raw[name])))
        }
        return MessageView(bytes: raw, fields: fields)
    }

    private static func framing(_ length: UInt64?, endsStream: Bool) -> BodyFraming {
        if endsStream { return .none }
        guard let length else { return .chunked }
        return length > 0 ? .length(length) : .none
    }

    /// Field names are in lower case and values hold no line's end, RFC 9113 section 8.2.1.
    private func check(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(HTTPSyntaxError) {
        guard ASCII.isLowercaseName(name) else { throw .malformedFieldName }
        guard ASCII.isFieldValue(value) else { throw .malformedFieldValue }
    }

    private func checkLine(_ raw: UnsafeRawBufferPointer) throws(HTTPSyntaxError) {
        guard method.count > 0, method.count <= 32, raw[method].allSatisfy(ASCII.isToken) else {
            throw .malformedRequestLine
        }
        let path = raw[target]
        guard path.count > 0, path.allSatisfy(ASCII.isTarget) else { throw .malformedTarget }
        guard path[0] == UInt8(ascii: "/") || path.equals("*") && raw[method].equals("OPTIONS") else {
            throw .malformedTarget
        }
    }

    /// The host is `:authority`; a `Host` beside it must agree.
    private mutating func takeAuthority(
        from framing: FramingFields,
        _ message: MessageView
    ) throws(HTTPSyntaxError) {
        if let index = framing.hostIndex {
            guard !hasAuthority || message.value(index).matches(message.bytes[authority]) else {
                throw .authorityMismatch
            }
            authority = message.fields[index].value
        } else if !hasAuthority {
            throw .missingHost
        }
        try RequestParser.checkHost(message.bytes[authority])
    }
}
