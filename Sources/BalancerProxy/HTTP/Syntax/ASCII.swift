// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The classes of bytes in HTTP's grammar.
enum ASCII {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")

    /// The bytes of a token below 64: `! # $ % & ' * + - .` and digits, RFC 9110 section 5.6.2.
    private static let lowTokens = mask("!#$%&'*+-.0123456789", above: 0)
    /// The bytes of a token from 64 on: letters and `^ _ ` | ~`.
    private static let highTokens = mask("ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~", above: 64)

    private static func mask(_ characters: StaticString, above base: UInt8) -> UInt64 {
        var mask: UInt64 = 0
        for index in 0..<characters.utf8CodeUnitCount { mask |= 1 << UInt64(characters.utf8Start[index] - base) }
        return mask
    }

    /// Whether a byte may stand in a token, such as a header's name.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        if byte < 64 { return 0x03FF_6CFA_0000_0000 as UInt64 >> UInt64(byte) & 1 == 1 }
        if byte < 128 { return 0x57FF_FFFF_C7FF_FFFE as UInt64 >> UInt64(byte - 64) & 1 == 1 }
        return false
    }

    /// Whether the constants of ``isToken(_:)`` are what the grammar says.
    static var hasTokenTable: Bool { lowTokens == 0x03FF_6CFA_0000_0000 && highTokens == 0x57FF_FFFF_C7FF_FFFE }

    /// Whether a byte may stand in a header's value: all but control characters, and the tab.
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 32 && byte != 127 || byte == 9
    }

    /// Where the run of bytes ends that may stand in a header's value, from a place on.
    static func endOfFieldValue(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start
        // Eight bytes at a time: the highest bit of each byte is set in `controls` from the first control character on.
        while position + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let below32 = (word &- 0x2020_2020_2020_2020) & ~word
            let inverse = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let is127 = (inverse &- 0x0101_0101_0101_0101) & ~inverse
            let controls = (below32 | is127) & 0x8080_8080_8080_8080
            position += controls.trailingZeroBitCount / 8
            guard controls == 0 || bytes[position] == tab else { return position }
            if controls != 0 { position += 1 }
        }
        while position < bytes.count, isFieldValue(bytes[position]) { position += 1 }
        return position
    }

    /// Whether all bytes may stand in a header's value.
    static func isFieldValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
        endOfFieldValue(in: bytes, from: 0) == bytes.count
    }

    @inline(__always)
    private static func isLowercaseToken(_ byte: UInt8) -> Bool {
        if byte < 64 { return 0x03FF_6CFA_0000_0000 as UInt64 >> UInt64(byte) & 1 == 1 }
        if byte < 128 { return 0x57FF_FFFF_C000_0000 as UInt64 >> UInt64(byte - 64) & 1 == 1 }
        return false
    }

    /// Whether bytes are a header's name as HTTP/2 has it: a token without capitals.
    static func isLowercaseName(_ bytes: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<bytes.count where !isLowercaseToken(bytes[index]) { return false }
        return bytes.count > 0
    }

    /// Whether a byte may stand in a request's target: visible ASCII without what a URI never holds.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool {
        byte > 32 && byte < 127 && byte != UInt8(ascii: "#")
    }

    /// Whether a byte may stand in a host with its port: names, IPv4, and IPv6 in brackets (RFC 3986 section 3.2).
    @inline(__always)
    static func isAuthority(_ byte: UInt8) -> Bool {
        if byte < 64 { return 0x2FFF_6FF2_0000_0000 as UInt64 >> UInt64(byte) & 1 == 1 }
        if byte < 128 { return 0x47FF_FFFE_AFFF_FFFE as UInt64 >> UInt64(byte - 64) & 1 == 1 }
        return false
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    @inline(__always)
    static func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    /// The value of a hexadecimal digit; nil for another byte.
    static func hexadecimal(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Reads a number of digits only; nil if there is anything else, nothing, or more than 18 of them.
    static func decimal(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard bytes.count > 0, bytes.count <= 18 else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard isDigit(byte) else { return nil }
            value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
