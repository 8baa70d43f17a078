// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// What is known of one endpoint's load: atomics that every thread may update while others pick.
///
/// The counters of one endpoint share no cache line with those of the next, because ``LoadArena`` hands out lines.
struct EndpointLoad: ~Copyable {
    /// Raised each time the place is given to another endpoint, so that a late completion finds out.
    let generation = Atomic<UInt32>(0)
    /// Requests picked and not completed.
    let inFlight = Atomic<Int>(0)
    /// Requests ever picked.
    let started = Atomic<UInt64>(0)
    /// The sum of the times at which requests ended less that of the times at which they began, modulo 2⁶⁴, from which
    /// follows how many were in flight on average between any two instants.
    let timeBalance = Atomic<Int64>(0)
    /// Failures since the last success.
    let consecutiveFailures = Atomic<Int>(0)
    /// Failures to reach the endpoint's own upstream since the last success.
    let consecutiveGatewayFailures = Atomic<Int>(0)
    /// Successes in the present interval of outlier detection.
    let intervalSuccesses = Atomic<Int>(0)
    /// Failures in the present interval of outlier detection.
    let intervalFailures = Atomic<Int>(0)
    /// Measured latency and failure rate.
    let latency = LatencyCell()
    /// What the endpoint last reported.
    let report = ReportCell()
}
