// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Where a balancer takes the time from when a call does not state it.
public struct TimeSource: Sendable {
    private let read: @Sendable () -> Timestamp

    /// Creates a source from a function that reads a clock.
    ///
    /// - Parameter now: Returns the present time; may be called from any thread.
    public init(_ now: @escaping @Sendable () -> Timestamp) {
        read = now
    }

    /// Creates a source from a clock; its origin is the moment of this call.
    ///
    /// - Parameter clock: A continuous, suspending or test clock.
    public init<C: Clock>(clock: C) where C.Duration == Duration {
        let origin = clock.now
        read = { Timestamp(nanoseconds: origin.duration(to: clock.now).wholeNanoseconds) }
    }

    /// The system's monotonic clock.
    public static var continuous: TimeSource { TimeSource(clock: ContinuousClock()) }

    /// The present time.
    public func now() -> Timestamp { read() }
}
