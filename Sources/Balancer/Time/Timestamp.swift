// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A point in time, in nanoseconds since an origin that the caller chooses.
///
/// The balancer never reads a clock by itself: each call is told what time it is, so that a simulation can run years in
/// a second and a test can step by hand. A clock that goes back is harmless: ``elapsed(since:)`` never is negative.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since the origin.
    public var nanoseconds: Int64

    /// The origin itself.
    @inlinable
    public static var zero: Timestamp { Timestamp(nanoseconds: 0) }

    /// Creates a point in time.
    ///
    /// - Parameter nanoseconds: Nanoseconds since the origin.
    @inlinable
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Creates a point in time from seconds since the origin; what does not fit saturates and NaN is the origin.
    ///
    /// - Parameter seconds: Seconds since the origin.
    public init(seconds: Double) {
        nanoseconds = Int64(saturating: seconds * 1e9)
    }

    /// Seconds since the origin.
    public var seconds: Double { Double(nanoseconds) / 1e9 }

    /// Orders points by time.
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The point that comes `duration` later, held to the range of 64 bits.
    public static func + (left: Timestamp, duration: Duration) -> Timestamp {
        left.advanced(byNanoseconds: duration.wholeNanoseconds)
    }

    /// Nanoseconds from `earlier` to this point; 0 if the clock went back.
    @inlinable
    public func nanoseconds(since earlier: Timestamp) -> Int64 {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        guard !overflow else { return nanoseconds < earlier.nanoseconds ? 0 : .max }
        return max(0, difference)
    }

    /// Time from `earlier` to this point; zero if the clock went back.
    public func elapsed(since earlier: Timestamp) -> Duration {
        .nanoseconds(nanoseconds(since: earlier))
    }

    /// The point some nanoseconds later, held to the range of 64 bits.
    package func advanced(byNanoseconds delta: Int64) -> Timestamp {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(delta)
        return Timestamp(nanoseconds: overflow ? (delta < 0 ? .min : .max) : sum)
    }
}
