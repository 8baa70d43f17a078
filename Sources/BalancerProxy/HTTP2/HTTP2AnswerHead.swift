// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Gathers an answer's head, or its trailers, from HTTP/2's header fields, and makes of it what an HTTP/1 answer would be.
struct HTTP2AnswerHead: ~Copyable {
    private var bytes = ByteQueue()
    private var slices: [(name: ByteSlice, value: ByteSlice)] = []
    private var status: Int?
    /// As RFC 9113 section 10.5.1 counts: 32 bytes beside name and value.
    private(set) var size = 0

    var fieldCount: Int { slices.count }

    /// Begins another head, or trailers; gives the memory back but for a few slices.
    mutating func begin() {
        bytes.clear()
        slices.removeAll(keepingCapacity: slices.capacity <= 32)
        status = nil
        size = 0
    }

    /// Takes out what was gathered, to be looked at later.
    mutating func take() -> HTTP2AnswerHead {
        let taken = self
        self = HTTP2AnswerHead()
        return taken
    }

    /// Takes a field, as long as what was taken before is within the limits; pseudo-headers have been checked for order
    /// and number by the library.
    ///
    /// What is over them is counted and not kept: the head is refused when it ends.
    mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, within limits: HTTPLimits) {
        guard size <= limits.headBytes, fieldCount <= limits.headerCount else { return }
        size += name.count + value.count + 32
        if name.first == UInt8(ascii: ":") {
            if name.equals(":status"), value.count == 3 { status = ASCII.decimal(value).map { Int($0) } }
            return
        }
        let start = bytes.count
        bytes.append(name)
        bytes.append(value)
        slices.append((ByteSlice(start..<start + name.count), ByteSlice(start + name.count..<bytes.count)))
    }

    /// Finishes the head.
    ///
    /// - Parameters:
    ///   - verb: The request's method, on which it depends whether there is a body.
    ///   - endsStream: Whether no body follows.
    ///   - fields: Where the fields go; their slices are of the second value returned.
    /// - Returns: The head, and its bytes, which live as long as this value is not changed.
    /// - Throws: ``HTTPSyntaxError`` for what HTTP/1 could not carry without being misread.
    func finish(
        answering verb: RequestVerb,
        endsStream: Bool,
        into fields: FieldList
    ) throws(HTTPSyntaxError) -> (ResponseHead, MessageView) {
        guard let status, status >= 100, status < 600, status != 101 else { throw .malformedStatusLine }
        let message = try trailers(into: fields)
        var framing = FramingFields()
        try framing.read(message)
        if framing.isChunked { throw .malformedTransferEncoding }
        let isBare = verb == .head || status < 200 || status == 204 || status == 304
        var length = framing.length
        // Without a length an HTTP/1 client would wait for the connection's end.
        if endsStream, !isBare, length == nil { length = 0 }
        let head = ResponseHead(
            status: status,
            reason: .empty,
            framing: isBare || endsStream || length == 0 ? .none : length.map { .length($0) } ?? .chunked,
            traits: framing.traits.subtracting([.close, .keepAlive, .upgrade]).union(.secondVersion),
            length: length
        )
        return (head, message)
    }

    /// The fields alone, such as trailers.
    func trailers(into fields: FieldList) throws(HTTPSyntaxError) -> MessageView {
        let raw = bytes.bytes
        fields.removeAll()
        for (name, value) in slices {
            guard !fields.isFull else { throw .tooManyFields }
            guard ASCII.isLowercaseName(raw[name]) else { throw .malformedFieldName }
            guard ASCII.isFieldValue(raw[value]) else { throw .malformedFieldValue }
            fields.append(HeaderField(name: name, value: value, kind: FieldKind.of(raw[name])))
        }
        return MessageView(bytes: raw, fields: fields)
    }
}
