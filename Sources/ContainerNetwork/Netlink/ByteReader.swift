// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads numbers and pieces from the front of bytes, and never past their end.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// How many bytes are left.
    var count: Int { rest.count }

    /// Takes a number in the machine's byte order.
    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        as type: Number.Type = Number.self
    ) throws(NetworkError) -> Number {
        let piece = try take(MemoryLayout<Number>.size)
        return piece.withUnsafeBytes { $0.loadUnaligned(as: Number.self) }
    }

    /// Takes some bytes.
    mutating func take(_ size: Int) throws(NetworkError) -> ArraySlice<UInt8> {
        guard size >= 0, size <= rest.count else { throw .malformed("it ends \(size - rest.count) bytes too early") }
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size)
    }

    /// Leaves some bytes out.
    mutating func skip(_ size: Int) throws(NetworkError) {
        _ = try take(size)
    }
}
