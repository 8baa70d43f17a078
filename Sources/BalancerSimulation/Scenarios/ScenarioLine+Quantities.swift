// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Numbers with their units.
extension ScenarioLine {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("min", 60e9), ("h", 3_600e9),
    ]

    /// A time of a setting, or nil if it is not given.
    mutating func duration(_ name: String) throws(BalancerError) -> Duration? {
        guard let text = value(name) else { return nil }
        return try duration(text, of: name)
    }

    /// A time of a setting that must be given.
    mutating func requiredDuration(_ name: String) throws(BalancerError) -> Duration {
        try duration(try required(name), of: name)
    }

    /// A number of a setting above zero, or nil if it is not given.
    mutating func positive(_ name: String) throws(BalancerError) -> Double? {
        guard let text = value(name) else { return nil }
        guard let number = Double(text), number > 0, number.isFinite else {
            throw fail(name, text, "must be a number above 0")
        }
        return number
    }

    /// A share of a setting, as 0.05 or 5%, or nil if it is not given.
    mutating func share(_ name: String, atMost most: Double = 1) throws(BalancerError) -> Double? {
        guard let text = value(name) else { return nil }
        let isPercent = text.hasSuffix("%")
        let number = Double(isPercent ? String(text.dropLast()) : text).map { isPercent ? $0 / 100 : $0 }
        guard let number, number >= 0, number <= most else {
            let limit = most == 1 ? "between 0 and 1, or 0% and 100%" : "between 0 and \(Int(most))"
            throw fail(name, text, "must be a share \(limit)")
        }
        return number
    }

    /// A whole number of a setting, or nil if it is not given.
    mutating func integer(_ name: String, _ range: ClosedRange<Int>) throws(BalancerError) -> Int? {
        guard let text = value(name) else { return nil }
        return try integer(text, of: name, range)
    }

    /// Reads a whole number.
    func integer(_ text: String, of name: String, _ range: ClosedRange<Int>) throws(BalancerError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw fail(name, text, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Reads a time.
    func duration(_ text: String, of name: String) throws(BalancerError) -> Duration {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let unit = text[digits.endIndex...]
        guard let number = Double(digits), let scale = Self.units.first(where: { $0.name == unit })?.nanoseconds,
            number * scale <= 1e18
        else {
            throw fail(name, text, "must be a time with a unit, such as 150us, 20ms, 5s or 2min")
        }
        return .nanoseconds(Int64(number * scale))
    }
}
