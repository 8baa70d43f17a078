// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads the fields of a head or of trailers, RFC 9112 section 5, and takes nothing that is not of its grammar.
enum FieldParser {
    /// Reads fields up to the blank line.
    ///
    /// - Parameters:
    ///   - bytes: The head, which ends with its blank line.
    ///   - position: Where the first field begins.
    ///   - fields: Where they go.
    /// - Throws: ``HTTPSyntaxError`` for what is not of the grammar.
    static func read(
        _ bytes: UnsafeRawBufferPointer,
        from position: Int,
        into fields: FieldList
    ) throws(HTTPSyntaxError) {
        var position = position
        while position < bytes.count, bytes[position] != ASCII.carriageReturn {
            guard !fields.isFull else { throw .tooManyFields }
            fields.append(try readField(bytes, &position))
        }
        guard position + 2 == bytes.count, bytes[position + 1] == ASCII.lineFeed else { throw .malformedFieldName }
    }

    private static func readField(
        _ bytes: UnsafeRawBufferPointer,
        _ position: inout Int
    ) throws(HTTPSyntaxError) -> HeaderField {
        if ASCII.isBlank(bytes[position]) { throw .foldedLine }
        let nameStart = position
        while position < bytes.count, ASCII.isToken(bytes[position]) { position += 1 }
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":"), position > nameStart else {
            let isBlank = position < bytes.count && position > nameStart && ASCII.isBlank(bytes[position])
            throw isBlank ? .spaceBeforeColon : .malformedFieldName
        }
        let name = nameStart..<position
        position += 1
        let value = try readValue(bytes, &position)
        return HeaderField(name: ByteSlice(name), value: ByteSlice(value), kind: FieldKind.of(bytes.part(name)))
    }

    private static func readValue(
        _ bytes: UnsafeRawBufferPointer,
        _ position: inout Int
    ) throws(HTTPSyntaxError) -> Range<Int> {
        while position < bytes.count, ASCII.isBlank(bytes[position]) { position += 1 }
        let start = position
        position = ASCII.endOfFieldValue(in: bytes, from: start)
        guard position + 1 < bytes.count, bytes[position] == ASCII.carriageReturn,
            bytes[position + 1] == ASCII.lineFeed
        else { throw .malformedFieldValue }
        var end = position
        while end > start, ASCII.isBlank(bytes[end - 1]) { end -= 1 }
        position += 2
        return start..<end
    }
}
