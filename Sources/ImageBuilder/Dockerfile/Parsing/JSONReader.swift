// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads one JSON text.
///
/// Each method answers nil as soon as the text is not JSON.
struct JSONReader {
    /// Deeper nesting is refused: each level costs stack, and no Dockerfile means it.
    private static let maxDepth = 128

    private var cursor: ScalarCursor
    private var depth = 0

    init(_ text: ScalarText) {
        cursor = ScalarCursor(text)
    }

    mutating func readWhole() -> JSONValue? {
        guard let value = readValue() else { return nil }
        skipSpace()
        return cursor.isAtEnd ? value : nil
    }

    private mutating func skipSpace() {
        cursor.skip { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
    }

    private mutating func readValue() -> JSONValue? {
        skipSpace()
        switch cursor.peek {
        case "[": return nested { $0.readArray() }
        case "{": return nested { $0.readObject() }
        case "\"": return readString().map(JSONValue.string)
        case "t": return read(word: "true", as: .bool(true))
        case "f": return read(word: "false", as: .bool(false))
        case "n": return read(word: "null", as: .null)
        default: return readNumber()
        }
    }

    private mutating func nested(_ read: (inout JSONReader) -> JSONValue?) -> JSONValue? {
        guard depth < Self.maxDepth else { return nil }
        depth += 1
        defer { depth -= 1 }
        cursor.next()
        return read(&self)
    }

    private mutating func readArray() -> JSONValue? {
        var elements: [JSONValue] = []
        skipSpace()
        if cursor.take("]") { return .array([]) }
        while true {
            guard let element = readValue() else { return nil }
            elements.append(element)
            skipSpace()
            if cursor.take("]") { return .array(elements) }
            guard cursor.take(",") else { return nil }
        }
    }

    private mutating func readObject() -> JSONValue? {
        var members: [String: JSONValue] = [:]
        skipSpace()
        if cursor.take("}") { return .object([:]) }
        while true {
            skipSpace()
            guard cursor.peek == "\"", let name = readString() else { return nil }
            skipSpace()
            guard cursor.take(":"), let value = readValue() else { return nil }
            members[name] = value
            skipSpace()
            if cursor.take("}") { return .object(members) }
            guard cursor.take(",") else { return nil }
        }
    }

    private mutating func read(word: String, as value: JSONValue) -> JSONValue? {
        for scalar in word.unicodeScalars where !cursor.take(scalar) { return nil }
        return value
    }

    private mutating func readNumber() -> JSONValue? {
        _ = cursor.take("-")
        if !cursor.take("0") {
            guard skipDigits() else { return nil }
        }
        if cursor.take(".") {
            guard skipDigits() else { return nil }
        }
        if cursor.take("e") || cursor.take("E") {
            if !cursor.take("+") { _ = cursor.take("-") }
            guard skipDigits() else { return nil }
        }
        return .number
    }

    private mutating func skipDigits() -> Bool {
        guard cursor.peek?.isASCIIDigit == true else { return false }
        cursor.skip(while: \.isASCIIDigit)
        return true
    }

    private mutating func readString() -> String? {
        cursor.next()
        var result = String.UnicodeScalarView()
        while let scalar = cursor.next() {
            switch scalar {
            case "\"": return String(result)
            case "\\":
                guard let escaped = readEscape() else { return nil }
                result.append(escaped)
            case ..<" ": return nil
            default: result.append(scalar)
            }
        }
        return nil
    }

    private mutating func readEscape() -> Unicode.Scalar? {
        switch cursor.next() {
        case "\"": "\""
        case "\\": "\\"
        case "/": "/"
        case "b": "\u{08}"
        case "f": "\u{0C}"
        case "n": "\n"
        case "r": "\r"
        case "t": "\t"
        case "u": readUnicodeEscape()
        default: nil
        }
    }

    /// Four digits, or eight in a surrogate pair.
    ///
    /// Half a pair becomes U+FFFD.
    private mutating func readUnicodeEscape() -> Unicode.Scalar? {
        guard let unit = readHexDigits() else { return nil }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        var ahead = self
        guard UTF16.isLeadSurrogate(unit), ahead.cursor.take("\\"), ahead.cursor.take("u"),
            let low = ahead.readHexDigits(), UTF16.isTrailSurrogate(low)
        else { return "\u{FFFD}" }
        self = ahead
        return Unicode.Scalar(0x1_0000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
    }

    private mutating func readHexDigits() -> UInt16? {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = cursor.next(), digit.isASCII, let number = Character(digit).hexDigitValue else {
                return nil
            }
            value = value << 4 | UInt16(number)
        }
        return value
    }
}
