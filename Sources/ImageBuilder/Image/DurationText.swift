// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Durations as image histories write them.
///
/// Source: Go's `time.Duration.String`.
enum DurationText {
    /// Such as `1m30s`, `1.5s`, `250ms` or `0s`.
    static func text(nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "0s" }
        if nanoseconds < 1_000 { return "\(nanoseconds)ns" }
        if nanoseconds < 1_000_000 { return decimal(nanoseconds, per: 1_000) + "µs" }
        if nanoseconds < 1_000_000_000 { return decimal(nanoseconds, per: 1_000_000) + "ms" }
        let seconds = nanoseconds / 1_000_000_000
        let rest = nanoseconds % 60_000_000_000
        let tail = decimal(rest, per: 1_000_000_000) + "s"
        if seconds < 60 { return tail }
        let minutes = "\(seconds / 60 % 60)m" + tail
        return seconds < 3_600 ? minutes : "\(seconds / 3_600)h" + minutes
    }

    private static func decimal(_ value: Int64, per unit: Int64) -> String {
        let (whole, rest) = value.quotientAndRemainder(dividingBy: unit)
        if rest == 0 { return "\(whole)" }
        let width = String(unit).count - 1
        var fraction = String(rest)
        fraction = String(repeating: "0", count: width - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(whole).\(fraction)"
    }
}
