// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension IPAddress {
    /// The address that lies `offset` behind this one; nil past the last.
    func advanced(by offset: UInt64) -> IPAddress? {
        var carry = offset
        var result = bytes
        for index in result.indices.reversed() where carry > 0 {
            let sum = UInt64(result[index]) + carry & 0xFF
            result[index] = UInt8(truncatingIfNeeded: sum)
            carry = carry >> 8 + sum >> 8
        }
        return carry == 0 ? IPAddress(unchecked: result) : nil
    }

    /// How far this address lies behind another of the same kind; nil if it is before it or too far behind.
    func distance(from base: IPAddress) -> UInt64? {
        guard base.bytes.count == bytes.count, base <= self else { return nil }
        var difference: [UInt8] = bytes
        var borrow = 0
        for index in bytes.indices.reversed() {
            let digit = Int(bytes[index]) - Int(base.bytes[index]) - borrow
            borrow = digit < 0 ? 1 : 0
            difference[index] = UInt8(truncatingIfNeeded: digit)
        }
        guard difference.dropLast(8).allSatisfy({ $0 == 0 }) else { return nil }
        return difference.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
