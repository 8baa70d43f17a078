// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads JSON (RFC 8259) strictly: what is no JSON is refused, with the place.
package struct JSONParser {
    /// What is wrong with a text.
    package struct Failure: Error, CustomStringConvertible {
        package var reason: String
        package var offset: Int

        package var description: String { "\(reason) at byte \(offset)" }
    }

    /// Deeper nesting would only be there to use up the stack.
    private static let depthLimit = 200

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The value that is the whole of a text.
    package static func parse(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        var parser = JSONParser(bytes)
        parser.skipSpace()
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        if parser.position < bytes.count { throw parser.failure("there is more after the end") }
        return value
    }

    private func failure(_ reason: String) -> Failure {
        Failure(reason: reason, offset: position)
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        if depth > Self.depthLimit { throw failure("it is nested too deeply") }
        switch next {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("it ends too soon")
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Failure) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("there is an unknown word") }
        position += word.utf8.count
        return value
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        let whole = digits()
        if whole == 0 || (whole > 1 && bytes[firstDigit] == UInt8(ascii: "0")) { throw failure("there is no value") }
        if next == UInt8(ascii: ".") {
            position += 1
            if digits() == 0 { throw failure("a fraction has no digits") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            if digits() == 0 { throw failure("an exponent has no digits") }
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func array(_ depth: Int) throws(Failure) -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            skipSpace()
            values.append(try value(depth: depth + 1))
            if try isLast(UInt8(ascii: "]")) { return .array(values) }
        }
    }

    private mutating func object(_ depth: Int) throws(Failure) -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if next == UInt8(ascii: "}") {
            position += 1
            return .object([:])
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("a member has no name") }
            let key = try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw failure("a member has no value") }
            position += 1
            skipSpace()
            // Two of one name would be read differently by different programs.
            guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                throw failure("member '\(key)' is there twice")
            }
            if try isLast(UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func isLast(_ end: UInt8) throws(Failure) -> Bool {
        skipSpace()
        defer { position += 1 }
        if next == end { return true }
        guard next == UInt8(ascii: ",") else { throw failure("a comma is missing") }
        return false
    }

    private mutating func string() throws(Failure) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw failure("a string is no UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): try escape(&text)
            case ..<0x20: throw failure("a string holds a control character")
            default: text.append(byte)
            }
        }
        throw failure("a string has no end")
    }

    private mutating func escape(_ text: inout [UInt8]) throws(Failure) {
        guard let byte = next else { throw failure("a string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar()).utf8)
        default: throw failure("an escape is unknown")
        }
    }

    private mutating func scalar() throws(Failure) -> Character {
        let first = try unit()
        var value = UInt32(first)
        if (0xd800..<0xdc00).contains(first) {
            guard bytes[position...].starts(with: "\\u".utf8) else { throw failure("half a character") }
            position += 2
            let second = try unit()
            guard (0xdc00..<0xe000).contains(second) else { throw failure("half a character") }
            value = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw failure("half a character") }
        return Character(scalar)
    }

    private mutating func unit() throws(Failure) -> UInt16 {
        guard position + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
        else { throw failure("an escape has no four digits") }
        position += 4
        return unit
    }
}
