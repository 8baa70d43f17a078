// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Duration {
    /// A time like `1h15m30.5s`: numbers with units from `ns` to `h`, one after the other, with a sign before them all.
    ///
    /// `0` needs no unit. Fractions below a nanosecond are dropped. Nil when the text is no such time or is longer
    /// than 2⁶³ nanoseconds.
    package init?(literal: String) {
        var text = literal.utf8[...]
        let isNegative = text.first == UInt8(ascii: "-")
        if isNegative || text.first == UInt8(ascii: "+") { text.removeFirst() }
        if text.elementsEqual("0".utf8) {
            self = .zero
            return
        }
        guard !text.isEmpty else { return nil }
        var total: Int64 = 0
        while !text.isEmpty {
            guard let part = Self.readPart(&text) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = sum
        }
        self = .nanoseconds(isNegative ? -total : total)
    }

    private static let units: [(name: String, nanoseconds: Int64)] = [
        // The longer names come first, so that `ms` is not read as minutes.
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    private static func readPart(_ text: inout Substring.UTF8View) -> Int64? {
        let whole = readDigits(&text)
        var fraction = ""
        if text.first == UInt8(ascii: ".") {
            text.removeFirst()
            fraction = readDigits(&text)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        guard let unit = units.first(where: { text.starts(with: $0.name.utf8) }) else { return nil }
        text.removeFirst(unit.name.utf8.count)
        // What follows a unit is the next number.
        if let next = text.first, next != UInt8(ascii: "."), !isDigit(next) { return nil }
        guard let count = whole.isEmpty ? 0 : Int64(whole) else { return nil }
        let (scaled, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
        if overflow { return nil }
        let (sum, sumOverflow) = scaled.addingReportingOverflow(scale(fraction, by: unit.nanoseconds))
        return sumOverflow ? nil : sum
    }

    /// `0.fraction` of `unit`, rounded down.
    private static func scale(_ fraction: String, by unit: Int64) -> Int64 {
        var result: Int64 = 0
        var divisor: Int64 = 1
        // More digits than these can't make a nanosecond of an hour.
        for digit in fraction.utf8.prefix(14) {
            divisor *= 10
            result = result * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        let (high, low) = result.multipliedFullWidth(by: unit)
        return divisor.dividingFullWidth((high, low)).quotient
    }

    private static func readDigits(_ text: inout Substring.UTF8View) -> String {
        let digits = text.prefix(while: isDigit)
        text.removeFirst(digits.count)
        return String(decoding: digits, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
