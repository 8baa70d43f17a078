// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Synchronization

/// What is known of one endpoint's load: atomics that every thread may update while others pick.
///
/// The counters of one endpoint share no cache line with those of the next, because ``LoadArena`` hands out lines.
@usableFromInline
struct EndpointLoad: ~Copyable {
    /// Requests in flight, whose they are, and requests ever picked, so that a pick counts and checks at once; see
    /// ``RequestCount``.
    @usableFromInline let requests = Atomic<UInt64>(0)
    /// How often the number of requests ever picked has outgrown its bits.
    let overflows = Atomic<UInt64>(0)
    /// The sum of the times at which requests ended less that of the times at which they began, modulo 2⁶⁴, from which
    /// follows how many were in flight on average between any two instants.
    let timeBalance = Atomic<Int64>(0)
    /// Measured latency and failure rate, on the line of the requests in flight because they are compared together.
    @usableFromInline let latency = LatencyCell()
    /// Failures since the last success.
    let consecutiveFailures = Atomic<Int>(0)
    /// Failures to reach the endpoint's own upstream since the last success.
    let consecutiveGatewayFailures = Atomic<Int>(0)
    /// Successes in the present interval of outlier detection.
    let intervalSuccesses = Atomic<Int>(0)
    /// Failures in the present interval of outlier detection.
    let intervalFailures = Atomic<Int>(0)
    /// What the endpoint last reported.
    let report = ReportCell()
}

/// What lies in one word of counts: from the lowest bit, 24 bits of requests in flight, 20 bits of generation, and
/// 20 bits of requests ever picked, whose overflow falls off the top.
///
/// The generation is raised each time the place is given to another endpoint, which happens only while nothing is in
/// flight. So whoever counts up sees in the same step whether the endpoint is still the one that was meant.
@usableFromInline
enum RequestCount {
    /// The bits of the requests in flight.
    @inlinable static var inFlightMask: UInt64 { 0xFF_FFFF }
    /// Where the generation begins.
    @inlinable static var generationShift: UInt64 { 24 }
    /// The bits of a generation.
    @inlinable static var generationMask: UInt32 { 0xF_FFFF }
    /// Where the requests ever picked begin.
    @inlinable static var startedShift: UInt64 { 44 }
    /// One request more, in flight and ever picked.
    @inlinable static var one: UInt64 { 1 << startedShift | 1 }
    /// More than this are never in flight on one endpoint, so that threads that count up at once don't spill over.
    @inlinable static var limit: Int { 0xFF_0000 }

    @inlinable
    @inline(__always)
    static func generation(of word: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: word >> generationShift) & generationMask
    }

    @inlinable
    @inline(__always)
    static func inFlight(of word: UInt64) -> Int { Int(truncatingIfNeeded: word & inFlightMask) }

    /// Requests ever picked that are not in flight any more, modulo 2²⁰.
    @inline(__always)
    static func answered(of word: UInt64) -> UInt32 {
        let started = UInt32(truncatingIfNeeded: word >> startedShift)
        return (started &- UInt32(truncatingIfNeeded: word & inFlightMask)) & answeredMask
    }

    /// How many requests were answered between two counts, if fewer than 2²⁰ were.
    @inline(__always)
    static func difference(_ later: UInt32, _ earlier: UInt32) -> UInt32 { (later &- earlier) & answeredMask }

    private static var answeredMask: UInt32 { 0xF_FFFF }
}
