// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// libc's `timespec` belongs to whichever of these modules the compiler has read first.
internal import CLinux
internal import Glibc

/// A moment of the wall clock.
public struct Moment: Hashable, Sendable, Comparable, Codable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public let nanoseconds: Int64

    /// Creates a moment.
    ///
    /// - Parameter nanoseconds: Nanoseconds since 1970-01-01T00:00:00Z.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads the clock.
    public static func now() -> Moment {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Whether one moment is before another.
    public static func < (one: Moment, other: Moment) -> Bool {
        one.nanoseconds < other.nanoseconds
    }

    /// The time from this moment to another.
    public func duration(to other: Moment) -> Duration {
        .nanoseconds(other.nanoseconds - nanoseconds)
    }
}

extension Moment: CustomStringConvertible {
    /// RFC 3339 in UTC with nine decimals, as `2026-11-23T21:50:00.000000000Z`.
    public var description: String {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var fields = tm()
        gmtime_r(&seconds, &fields)
        let date = [fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday].map { Self.padded(Int($0), 2) }
        let time = [fields.tm_hour, fields.tm_min, fields.tm_sec].map { Self.padded(Int($0), 2) }
        let fraction = Self.padded(Int(nanoseconds % 1_000_000_000), 9)
        return "\(date.joined(separator: "-"))T\(time.joined(separator: ":")).\(fraction)Z"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
