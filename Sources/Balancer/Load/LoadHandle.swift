// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Synchronization

/// A way to one endpoint's counters, free of reference counting.
///
/// Whoever holds a handle also holds the snapshot or balancer that it came from, which keeps the memory alive.
public struct LoadHandle: BitwiseCopyable, @unchecked Sendable {
    // Unchecked because of the pointer, behind which there are atomics only.
    @usableFromInline let pointer: UnsafeMutablePointer<EndpointLoad>

    @usableFromInline
    init(pointer: UnsafeMutablePointer<EndpointLoad>) {
        self.pointer = pointer
    }

    /// Requests that were picked and not yet completed, over all pickers of the balancer.
    @inlinable
    public var inFlight: Int {
        RequestCount.inFlight(of: pointer.pointee.requests.load(ordering: .relaxed))
    }

    /// Requests ever picked.
    public var started: UInt64 {
        pointer.pointee.overflows.load(ordering: .relaxed) << (64 - RequestCount.startedShift)
            | pointer.pointee.requests.load(ordering: .relaxed) >> RequestCount.startedShift
    }

    /// Requests ever picked that are not in flight any more, modulo 2²⁰: see ``RequestCount/difference(_:_:)``.
    var answered: UInt32 { RequestCount.answered(of: pointer.pointee.requests.load(ordering: .relaxed)) }

    /// What was measured of its answers.
    package var latency: LatencyEstimate { pointer.pointee.latency.read() }

    /// What it last reported.
    package var report: ReportedLoad { pointer.pointee.report.read() }

    /// What was learnt of its reports.
    package var history: LoadHistory { pointer.pointee.report.readHistory() }

    /// Raised each time the place is given to another endpoint.
    var generation: UInt32 {
        RequestCount.generation(of: pointer.pointee.requests.load(ordering: .acquiring))
    }

    /// Whether any of its requests failed of late.
    @inlinable
    var hasFailed: Bool { pointer.pointee.latency.hasFailed }

    /// Counts a request in, unless `limit` requests are in flight already or the place is another endpoint's by now.
    ///
    /// - Parameters:
    ///   - limit: ``RequestCount/limit`` at most.
    ///   - generation: The endpoint's.
    /// - Returns: Whether the request was counted.
    @inlinable
    @inline(__always)
    func reserve(limit: Int, generation: UInt32) -> Bool {
        let before = pointer.pointee.requests.wrappingAdd(RequestCount.one, ordering: .relaxed).oldValue
        let inFlight = RequestCount.inFlight(of: before)
        if inFlight >= limit || RequestCount.generation(of: before) != generation {
            pointer.pointee.requests.wrappingSubtract(RequestCount.one, ordering: .relaxed)
            return false
        }
        if before >= 0 &- RequestCount.one { noteOverflow() }
        return true
    }

    @usableFromInline
    @inline(never)
    func noteOverflow() {
        pointer.pointee.overflows.wrappingAdd(1, ordering: .relaxed)
    }

    /// Counts a request out.
    ///
    /// - Returns: Whether it was in flight; a completion too many changes nothing.
    @inlinable
    @inline(__always)
    @discardableResult
    func release(generation: UInt32) -> Bool {
        let before = pointer.pointee.requests.wrappingSubtract(1, ordering: .acquiringAndReleasing).oldValue
        // Until it is put right, a completion too many looks like another generation, to which nobody may pick.
        if RequestCount.inFlight(of: before) == 0 || RequestCount.generation(of: before) != generation {
            pointer.pointee.requests.wrappingAdd(1, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Notes the time at which a request begins, for ``integral(at:)``.
    @usableFromInline
    func begin(at now: Timestamp) {
        pointer.pointee.timeBalance.wrappingSubtract(now.nanoseconds, ordering: .relaxed)
    }

    /// Notes the time at which a request ends that began at `start`.
    func end(begun start: Timestamp, at now: Timestamp) {
        pointer.pointee.timeBalance.wrappingAdd(max(start.nanoseconds, now.nanoseconds), ordering: .relaxed)
    }

    /// The request-nanoseconds in flight up to `now`, modulo 2⁶⁴: only differences mean something.
    func integral(at now: Timestamp) -> Int64 {
        pointer.pointee.timeBalance.load(ordering: .relaxed) &+ Int64(inFlight) &* now.nanoseconds
    }

    func observe(latency: Int64, failed: Bool, at now: Timestamp, decay: Double) {
        pointer.pointee.latency.observe(latency: Double(max(0, latency)), failed: failed, at: now, decay: decay)
    }

    func take(_ report: LoadReport, at now: Timestamp, expiry: Int64) {
        pointer.pointee.report.take(
            report,
            at: now,
            answered: answered,
            integral: integral(at: now),
            expiry: expiry
        )
    }

    /// Gives the place to a new endpoint.
    ///
    /// - Returns: The generation that belongs to it; nil if a pick that knows nothing of the change yet has just counted
    ///   here and is about to find out.
    func renew(at now: Timestamp) -> UInt32? {
        let present = pointer.pointee.requests.load(ordering: .acquiring)
        let next = (RequestCount.generation(of: present) &+ 1) & RequestCount.generationMask
        let (exchanged, _) = pointer.pointee.requests.compareExchange(
            expected: present & ~RequestCount.inFlightMask,
            desired: UInt64(next) << RequestCount.generationShift,
            ordering: .acquiringAndReleasing
        )
        guard exchanged else { return nil }
        pointer.pointee.overflows.store(0, ordering: .relaxed)
        pointer.pointee.timeBalance.store(0, ordering: .relaxed)
        forgetOutcomes()
        pointer.pointee.latency.reset(at: now)
        pointer.pointee.report.reset()
        return next
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
