// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CLinux
import Glibc

/// A point in time, as images write it.
struct Moment: Sendable, Hashable, Comparable {
    var seconds: Int
    var nanoseconds: Int

    static func now() -> Moment {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Moment(seconds: nestbox_time_seconds(time), nanoseconds: nestbox_time_nanoseconds(time))
    }

    /// In the form of RFC 3339, in UTC, with as many digits of the second as it needs.
    var description: String {
        var seconds = time_t(seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: some BinaryInteger, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        var text = "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
        text += "T\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))"
        guard nanoseconds > 0 else { return text + "Z" }
        var fraction = digits(nanoseconds, 9)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return text + ".\(fraction)Z"
    }

    static func < (first: Moment, second: Moment) -> Bool {
        (first.seconds, first.nanoseconds) < (second.seconds, second.nanoseconds)
    }
}
