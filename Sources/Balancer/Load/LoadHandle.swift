// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// A way to one endpoint's counters, free of reference counting.
///
/// Whoever holds a handle also holds the snapshot or balancer that it came from, which keeps the memory alive.
public struct LoadHandle: @unchecked Sendable {
    // Unchecked because of the pointer, behind which there are atomics only.
    let pointer: UnsafeMutablePointer<EndpointLoad>

    /// Requests that were picked and not yet completed, over all pickers of the balancer.
    @inline(__always)
    public var inFlight: Int {
        max(0, pointer.pointee.inFlight.load(ordering: .relaxed))
    }

    /// Requests ever picked.
    public var started: UInt64 {
        pointer.pointee.started.load(ordering: .relaxed)
    }

    /// What was measured of its answers.
    package var latency: LatencyEstimate { pointer.pointee.latency.read() }

    /// What it last reported.
    package var report: ReportedLoad { pointer.pointee.report.read() }

    var generation: UInt32 {
        pointer.pointee.generation.load(ordering: .acquiring)
    }

    /// Counts a request in, unless `limit` requests are in flight already.
    ///
    /// - Returns: Whether the request was counted.
    @inline(__always)
    func reserve(limit: Int, at now: Timestamp) -> Bool {
        let before = pointer.pointee.inFlight.add(1, ordering: .relaxed).oldValue
        guard before < limit else {
            pointer.pointee.inFlight.subtract(1, ordering: .relaxed)
            return false
        }
        pointer.pointee.started.wrappingAdd(1, ordering: .relaxed)
        pointer.pointee.timeBalance.wrappingSubtract(now.nanoseconds, ordering: .relaxed)
        return true
    }

    /// Counts out a request that was picked at `start` and ends now; a completion too many changes nothing.
    func release(started start: Timestamp, at now: Timestamp) {
        let before = pointer.pointee.inFlight.subtract(1, ordering: .acquiringAndReleasing).oldValue
        if before <= 0 {
            pointer.pointee.inFlight.add(1, ordering: .relaxed)
            return
        }
        let end = max(start.nanoseconds, now.nanoseconds)
        pointer.pointee.timeBalance.wrappingAdd(end, ordering: .relaxed)
    }

    /// The request-nanoseconds in flight up to `now`, modulo 2⁶⁴: only differences mean something.
    func integral(at now: Timestamp) -> Int64 {
        let load = pointer
        let inFlight = Int64(load.pointee.inFlight.load(ordering: .relaxed))
        return load.pointee.timeBalance.load(ordering: .relaxed) &+ inFlight &* now.nanoseconds
    }

    func observe(latency: Int64, failed: Bool, at now: Timestamp, decay: Double) {
        pointer.pointee.latency.observe(latency: Double(max(0, latency)), failed: failed, at: now, decay: decay)
    }

    func take(_ report: LoadReport, at now: Timestamp, expiry: Int64) {
        let integral = integral(at: now)
        pointer.pointee.report.update { $0.take(report, at: now, integral: integral, expiry: expiry) }
    }

    /// Makes the place ready for a new endpoint.
    ///
    /// - Returns: The generation that belongs to it.
    func renew(at now: Timestamp) -> UInt32 {
        pointer.pointee.inFlight.store(0, ordering: .relaxed)
        pointer.pointee.started.store(0, ordering: .relaxed)
        pointer.pointee.timeBalance.store(0, ordering: .relaxed)
        forgetOutcomes()
        pointer.pointee.latency.reset(at: now)
        pointer.pointee.report.update { $0 = ReportedLoad() }
        return pointer.pointee.generation.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
    }

    /// Counts an outcome for outlier detection.
    ///
    /// - Returns: Whether failures in a row have just reached the number that ejects.
    func note(_ outcome: Outcome, by detection: OutlierDetection) -> Bool {
        guard outcome.isFailure else {
            pointer.pointee.intervalSuccesses.add(1, ordering: .relaxed)
            pointer.pointee.consecutiveFailures.store(0, ordering: .relaxed)
            pointer.pointee.consecutiveGatewayFailures.store(0, ordering: .relaxed)
            return false
        }
        pointer.pointee.intervalFailures.add(1, ordering: .relaxed)
        let failures = pointer.pointee.consecutiveFailures.add(1, ordering: .relaxed).newValue
        if let limit = detection.consecutiveFailures, failures == max(1, limit) { return true }
        guard outcome != .serverError else {
            pointer.pointee.consecutiveGatewayFailures.store(0, ordering: .relaxed)
            return false
        }
        let gateway = pointer.pointee.consecutiveGatewayFailures.add(1, ordering: .relaxed).newValue
        return detection.consecutiveGatewayFailures.map { gateway == max(1, $0) } ?? false
    }

    /// The outcomes since the last call.
    func takeInterval() -> (successes: Int, failures: Int) {
        (
            pointer.pointee.intervalSuccesses.exchange(0, ordering: .relaxed),
            pointer.pointee.intervalFailures.exchange(0, ordering: .relaxed)
        )
    }

    /// Forgets which requests failed.
    func forgetOutcomes() {
        pointer.pointee.consecutiveFailures.store(0, ordering: .relaxed)
        pointer.pointee.consecutiveGatewayFailures.store(0, ordering: .relaxed)
        pointer.pointee.intervalSuccesses.store(0, ordering: .relaxed)
        pointer.pointee.intervalFailures.store(0, ordering: .relaxed)
    }
}
