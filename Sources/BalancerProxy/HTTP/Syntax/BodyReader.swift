// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Finds a body in the bytes of its connection, and where it ends.
struct BodyReader: ~Copyable {
    private enum Rest {
        case none
        case length(UInt64)
        case chunked(ChunkedReader)
        case untilClose
    }

    private var rest: Rest
    /// The bytes of trailers, with the blank line behind them; empty if there are none.
    private(set) var trailers = ByteQueue()

    init(_ framing: BodyFraming) {
        rest =
            switch framing {
            case .none: .none
            case .length(let count): .length(count)
            case .chunked: .chunked(ChunkedReader())
            case .untilClose: .untilClose
            }
    }

    var isFinished: Bool {
        if case .none = rest { true } else { false }
    }

    /// Whether the connection's end is the body's end.
    var endsWithConnection: Bool {
        if case .untilClose = rest { true } else { false }
    }

    /// Reads on; see ``ChunkedReader/next(in:from:trailers:limit:)``.
    mutating func next(
        in bytes: UnsafeRawBufferPointer,
        from position: inout Int,
        limit: Int
    ) throws(HTTPSyntaxError) -> ChunkedReader.Step {
        switch rest {
        case .none: return .finished
        case .length(let left):
            guard left > 0 else {
                rest = .none
                return .finished
            }
            let count = Int(min(left, UInt64(bytes.count - position)))
            guard count > 0 else { return .needsMore }
            rest = .length(left - UInt64(count))
            defer { position += count }
            return .data(position..<position + count)
        case .chunked(var reader):
            let step = try reader.next(in: bytes, from: &position, trailers: &trailers, limit: limit)
            if case .finished = step { rest = .none } else { rest = .chunked(reader) }
            return step
        case .untilClose:
            guard position < bytes.count else { return .needsMore }
            defer { position = bytes.count }
            return .data(position..<bytes.count)
        }
    }

    /// Gives the trailers up.
    mutating func clear() {
        rest = .none
        trailers.clear()
    }
}
