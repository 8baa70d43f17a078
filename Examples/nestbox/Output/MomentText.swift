// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// Moments as people write them.
enum MomentText {
    /// Reads RFC 3339, seconds since 1970, or a time before now such as `90s`, `10m` or `1h30m`.
    static func read(_ text: String) throws -> Moment {
        if let moment = Moment(text) { return moment }
        if let seconds = Double(text), seconds >= 0, seconds < 9e9 {
            return Moment(nanoseconds: Int64(seconds * 1e9))
        }
        guard let past = duration(text) else {
            throw ValidationError("'\(text)' is no moment, such as 10m or 2026-01-31T12:00:00Z")
        }
        return Moment(nanoseconds: Moment.now().nanoseconds - past)
    }

    /// Nanoseconds, of a text such as `1h30m`, `500ms` or `2s`.
    static func duration(_ text: String) -> Int64? {
        let units: [(String, Double)] = [("ms", 1e6), ("us", 1e3), ("ns", 1), ("h", 3600e9), ("m", 60e9), ("s", 1e9)]
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            guard let number = Double(digits), let unit = units.first(where: { rest.hasPrefix($0.0) }) else {
                return nil
            }
            rest = rest.dropFirst(unit.0.count)
            total += number * unit.1
        }
        return total < 9e18 ? Int64(total) : nil
    }
}
