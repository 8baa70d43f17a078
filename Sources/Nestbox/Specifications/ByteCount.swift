// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reads amounts of memory as Docker writes them.
public enum ByteCount {
    /// Reads `512`, `64m`, `1.5g`, `10kb`: a number and one of the units b, k, m, g, t, with a factor of 1024.
    ///
    /// - Parameter text: The amount.
    /// - Returns: Bytes.
    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    public static func parse(_ text: String) throws -> Int64 {
        guard !text.hasPrefix("-") else {
            throw NestboxError(.invalidSpecification, "'\(text)' is no amount of memory: it must be positive")
        }
        var number = text.lowercased()[...]
        if number.hasSuffix("ib") { number = number.dropLast(2) } else if number.hasSuffix("b") { number.removeLast() }
        var factor = 1.0
        if let unit = number.last, let index = "kmgt".firstIndex(of: unit) {
            for _ in 0..."kmgt".distance(from: "kmgt".startIndex, to: index) { factor *= 1024 }
            number.removeLast()
        }
        guard let first = number.first, first.isASCII, first.isNumber, let amount = Double(number),
            amount >= 0, amount * factor < 9e18
        else {
            throw NestboxError(.invalidSpecification, "'\(text)' is no amount of memory, such as 64m or 1.5g")
        }
        return Int64(amount * factor)
    }
}
