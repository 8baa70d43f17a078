// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Takes a chunked body apart, RFC 9112 section 7.1, in bytes that come little by little.
struct ChunkedReader {
    private enum State {
        /// In the digits of a chunk's size, so many of them read.
        case size(digits: Int)
        case sizeExtension
        case sizeLineFeed
        case data
        case dataReturn
        case dataLineFeed
        case trailerStart
        case trailer
        case trailerLineFeed(isLast: Bool)
        case finished
    }

    /// What the next bytes are.
    enum Step {
        /// Data of the body, in this range.
        case data(Range<Int>)
        /// More bytes are needed.
        case needsMore
        /// The body is over, trailers included.
        case finished
    }

    /// The most bytes of extensions in a whole body: they mean nothing to anyone and cost a reader time.
    private static let longestExtensions = 4096
    private static let mostDigits = 15

    private var state = State.size(digits: 0)
    private var size: UInt64 = 0
    private var extensionBytes = 0

    /// Reads on.
    ///
    /// - Parameters:
    ///   - bytes: What came.
    ///   - position: Where to read on; moved behind what was read.
    ///   - trailers: Where the bytes of trailers go, with the blank line behind them.
    ///   - limit: The most bytes that trailers may have.
    /// - Returns: What the next bytes are.
    /// - Throws: ``HTTPSyntaxError`` for what is not of the grammar.
    mutating func next(
        in bytes: UnsafeRawBufferPointer,
        from position: inout Int,
        trailers: inout ByteQueue,
        limit: Int
    ) throws(HTTPSyntaxError) -> Step {
        while position < bytes.count {
            if case .data = state { return .data(takeData(bytes, &position)) }
            if case .finished = state { return .finished }
            let byte = bytes[position]
            position += 1
            try take(byte, trailers: &trailers, limit: limit)
        }
        if case .finished = state { return .finished }
        return .needsMore
    }

    private mutating func takeData(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Range<Int> {
        let count = Int(min(size, UInt64(bytes.count - position)))
        defer {
            size -= UInt64(count)
            position += count
            if size == 0 { state = .dataReturn }
        }
        return position..<position + count
    }

    private mutating func take(
        _ byte: UInt8,
        trailers: inout ByteQueue,
        limit: Int
    ) throws(HTTPSyntaxError) {
        switch state {
        case .size(let digits): try takeSize(byte, digits)
        case .sizeExtension: try takeExtension(byte)
        case .sizeLineFeed:
            guard byte == ASCII.lineFeed else { throw .malformedChunk }
            state = size == 0 ? .trailerStart : .data
        case .dataReturn:
            guard byte == ASCII.carriageReturn else { throw .malformedChunk }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == ASCII.lineFeed else { throw .malformedChunk }
            state = .size(digits: 0)
        case .trailerStart, .trailer, .trailerLineFeed:
            guard trailers.count < limit else { throw .headTooLarge }
            trailers.append(byte: byte)
            try takeTrailer(byte)
        case .data, .finished: break
        }
    }

    private mutating func takeSize(_ byte: UInt8, _ digits: Int) throws(HTTPSyntaxError) {
        if let digit = ASCII.hexadecimal(byte) {
            guard digits < Self.mostDigits else { throw .chunkTooLarge }
            size = digits == 0 ? digit : size << 4 | digit
            state = .size(digits: digits + 1)
            return
        }
        guard digits > 0 else { throw .malformedChunk }
        switch byte {
        case ASCII.carriageReturn: state = .sizeLineFeed
        case UInt8(ascii: ";"): state = .sizeExtension
        default: throw .malformedChunk
        }
    }

    private mutating func takeExtension(_ byte: UInt8) throws(HTTPSyntaxError) {
        if byte == ASCII.carriageReturn {
            state = .sizeLineFeed
            return
        }
        extensionBytes += 1
        guard ASCII.isFieldValue(byte), extensionBytes <= Self.longestExtensions else { throw .malformedChunk }
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(HTTPSyntaxError) {
        switch state {
        case .trailerStart:
            state = byte == ASCII.carriageReturn ? .trailerLineFeed(isLast: true) : .trailer
            if byte == ASCII.lineFeed { throw .bareLineFeed }
        case .trailer:
            if byte == ASCII.lineFeed { throw .bareLineFeed }
            if byte == ASCII.carriageReturn { state = .trailerLineFeed(isLast: false) }
        case .trailerLineFeed(let isLast):
            guard byte == ASCII.lineFeed else { throw .malformedFieldValue }
            state = isLast ? .finished : .trailerStart
        default: break
        }
    }
}
