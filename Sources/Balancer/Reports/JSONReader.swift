// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads the little JSON that load reports need: objects, strings and numbers (RFC 8259).
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Reads an object, whose names must not repeat, and hands each name to `member`, which reads the value.
    mutating func object(
        _ member: (String, inout JSONReader) throws(BalancerError) -> Void
    ) throws(BalancerError) {
        try expect("{")
        if take("}") { return }
        var names: Set<String> = []
        repeat {
            let name = try string()
            guard names.insert(name).inserted else {
                throw BalancerError.malformed("the field '\(name)' comes more than once")
            }
            try expect(":")
            try member(name, &self)
        } while take(",")
        try expect("}")
    }

    /// Reads a number, which must be finite.
    mutating func number() throws(BalancerError) -> Double {
        skipSpace()
        let start = position
        let allowed = Array("+-.eE0123456789".utf8)
        while position < bytes.count, allowed.contains(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let first = text.utf8.first, first == UInt8(ascii: "-") || (48...57).contains(first),
            let value = Double(text), value.isFinite
        else { throw BalancerError.malformed("a number was expected at byte \(start)") }
        return value
    }

    /// Checks that nothing follows.
    mutating func end() throws(BalancerError) {
        skipSpace()
        guard position == bytes.count else { throw BalancerError.malformed("text after the end at byte \(position)") }
    }

    private mutating func string() throws(BalancerError) -> String {
        try expect("\"")
        var units: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            let byte = bytes[position]
            position += 1
            guard byte >= 0x20 else { throw BalancerError.malformed("a control character at byte \(position - 1)") }
            if byte == UInt8(ascii: "\\") {
                units += try escape()
            } else {
                units.append(byte)
            }
        }
        try expect("\"")
        guard let text = String(validating: units, as: UTF8.self) else {
            throw BalancerError.malformed("a string that is not UTF-8")
        }
        return text
    }

    private mutating func escape() throws(BalancerError) -> [UInt8] {
        guard position < bytes.count else { throw BalancerError.malformed("a string without end") }
        let kind = bytes[position]
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [kind]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"): return Array(String(try unicode()).utf8)
        default: throw BalancerError.malformed("an unknown escape at byte \(position - 1)")
        }
    }

    /// Reads four hexadecimal digits, and four more for the second half of a surrogate pair.
    private mutating func unicode() throws(BalancerError) -> Character {
        var code = try hexadecimal()
        if (0xD800..<0xDC00).contains(code) {
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw BalancerError.malformed("half a surrogate pair at byte \(position)") }
            position += 2
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else {
                throw BalancerError.malformed("half a surrogate pair at byte \(position)")
            }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = UnicodeScalar(code) else {
            throw BalancerError.malformed("half a surrogate pair at byte \(position)")
        }
        return Character(scalar)
    }

    private mutating func hexadecimal() throws(BalancerError) -> UInt32 {
        let end = position + 4
        guard end <= bytes.count, bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-"),
            let code = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
        else { throw BalancerError.malformed("four hexadecimal digits were expected at byte \(position)") }
        position = end
        return code
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Character) throws(BalancerError) {
        guard take(character) else { throw BalancerError.malformed("'\(character)' was expected at byte \(position)") }
    }
}
