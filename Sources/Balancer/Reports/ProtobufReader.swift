// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads the protobuf wire format, as far as load reports need it.
struct ProtobufReader {
    private let content: [UInt8]
    private var position = 0

    init(_ content: [UInt8]) {
        self.content = content
    }

    /// The next field's number and wire type, or nil at the end.
    mutating func tag() throws(BalancerError) -> (field: Int, wireType: Int)? {
        guard position < content.count else { return nil }
        let tag = try varint()
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw truncated }
        return (Int(tag >> 3), Int(tag & 7))
    }

    mutating func varint() throws(BalancerError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            guard position < content.count else { throw truncated }
            let byte = content[position]
            position += 1
            value |= UInt64(byte & 127) << UInt64(shift)
            if byte < 128 { return value }
        }
        throw truncated
    }

    mutating func double() throws(BalancerError) -> Double {
        guard content.count - position >= 8 else { throw truncated }
        let bits = (0..<8).reduce(UInt64(0)) { $0 | UInt64(content[position + $1]) << UInt64($1 * 8) }
        position += 8
        return Double(bitPattern: bits)
    }

    mutating func bytes() throws(BalancerError) -> [UInt8] {
        let length = try varint()
        guard length <= UInt64(content.count - position) else { throw truncated }
        defer { position += Int(length) }
        return Array(content[position..<position + Int(length)])
    }

    /// Passes over the value of a field that is not known.
    mutating func skip(_ tag: (field: Int, wireType: Int)) throws(BalancerError) {
        switch tag.wireType {
        case 0: _ = try varint()
        case 1: _ = try double()
        case 2: _ = try bytes()
        case 5:
            guard content.count - position >= 4 else { throw truncated }
            position += 4
        default: throw truncated
        }
    }

    private var truncated: BalancerError {
        .malformed("a binary load report that breaks off at byte \(position)")
    }
}
