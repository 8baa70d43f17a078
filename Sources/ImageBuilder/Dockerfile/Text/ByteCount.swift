// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads sizes like `512`, `64k`, `1.5GiB`.
package enum ByteCount {
    /// The size in bytes; nil when the text is none.
    ///
    /// Units are powers of 1024, in any case, `b` and `ib` optional.
    package static func parse(_ text: String) -> Int64? {
        let digitsAndSpace = text.unicodeScalars.lastIndex { $0.isASCIIDigit || $0 == "." || $0 == " " }
        guard let last = digitsAndSpace else { return nil }
        let after = text.unicodeScalars.index(after: last)
        let end = text.unicodeScalars[last] == " " ? last : after
        guard let number = number(String(text.unicodeScalars[..<end])),
            let factor = factor(String(text.unicodeScalars[after...]).lowercased())
        else { return nil }
        return Int64(exactly: (number * factor).rounded(.down))
    }

    private static func number(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ "0123456789.eE+".utf8.contains($0) }), let number = Double(text),
            number.isFinite, number >= 0
        else { return nil }
        return number
    }

    private static func factor(_ unit: String) -> Double? {
        guard let first = unit.first else { return 1 }
        if unit == "b" { return 1 }
        let exponents: [Character: Int] = ["k": 10, "m": 20, "g": 30, "t": 40, "p": 50]
        guard let exponent = exponents[first], ["", "b", "ib"].contains(unit.dropFirst()) else { return nil }
        return Double(sign: .plus, exponent: exponent, significand: 1)
    }
}
