// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc

extension Moment {
    /// Reads a moment as images and logs write it.
    ///
    /// - Parameter text: RFC 3339, with any number of decimals, in UTC or with an offset; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "T", maxSplits: 1)
        guard parts.count == 2, let zone = Self.zone(of: parts[1]) else { return nil }
        let date = parts[0].split(separator: "-").compactMap { Int32($0) }
        let clock = zone.time.split(separator: ":")
        guard date.count == 3, clock.count == 3, let hour = Int32(clock[0]), let minute = Int32(clock[1]),
            let seconds = Double(clock[2]), (0..<61).contains(seconds)
        else { return nil }
        var fields = tm()
        fields.tm_year = date[0] - 1900
        fields.tm_mon = date[1] - 1
        fields.tm_mday = date[2]
        fields.tm_hour = hour
        fields.tm_min = minute
        let whole = Int64(timegm(&fields)) - Int64(zone.offset)
        let (scaled, isTooFar) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        if isTooFar { return nil }
        self.init(nanoseconds: scaled + Int64(seconds * 1_000_000_000))
    }

    /// The time without its zone, and the zone's seconds ahead of UTC.
    private static func zone(of text: Substring) -> (time: Substring, offset: Int)? {
        if text.hasSuffix("Z") { return (text.dropLast(), 0) }
        guard let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }) else { return nil }
        let parts = text[sign...].dropFirst().split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2 else { return nil }
        let seconds = parts[0] * 3600 + parts[1] * 60
        return (text[..<sign], text[sign] == "-" ? -seconds : seconds)
    }
}
