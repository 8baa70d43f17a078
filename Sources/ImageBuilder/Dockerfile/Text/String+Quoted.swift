// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension String {
    /// The text between double quotes with everything unprintable escaped, as image histories write it.
    package var quoted: String { escaped(between: "\"") }

    /// The text between single quotes, as messages show what people wrote.
    package var inQuotes: String { escaped(between: "'") }

    private func escaped(between quote: Unicode.Scalar) -> String {
        var result = String(quote)
        for scalar in unicodeScalars {
            switch scalar {
            case quote: result += "\\\(quote)"
            case "\\": result += "\\\\"
            case "\u{07}": result += "\\a"
            case "\u{08}": result += "\\b"
            case "\u{0B}": result += "\\v"
            case "\u{0C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result += scalar.isPrintable ? String(scalar) : Self.escape(scalar)
            }
        }
        return result + String(quote)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let (prefix, width) =
            switch scalar.value {
            case ..<0x20, 0x7F: ("\\x", 2)
            case ..<0x1_0000: ("\\u", 4)
            default: ("\\U", 8)
            }
        let digits = String(scalar.value, radix: 16)
        return prefix + String(repeating: "0", count: width - digits.count) + digits
    }
}
