// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a balancer keeps of an endpoint's load reports, as far as picks need it.
package struct ReportedLoad: Sendable {
    /// The nanoseconds over which the recent utilisation is averaged.
    static let memory = 1e9

    /// The utilisation reported last, 1 being all of the endpoint's capacity.
    package var utilisation = 0.0
    package var requestsPerSecond = 0.0
    package var errorsPerSecond = 0.0
    /// The utilisation of the last second or so, in the mean.
    package var recentUtilisation = 0.0
    package var received = Timestamp(nanoseconds: .min)
    /// When the present unbroken row of reports began.
    package var nonEmptySince = Timestamp(nanoseconds: .min)
    /// How many of this balancer's requests had been answered when the report came, modulo 2²⁰.
    package var answered: UInt32 = 0

    /// Whether any report arrived.
    package var exists: Bool { received.nanoseconds != .min }

    /// Whether there is a report and it is younger than `expiry` nanoseconds.
    package func isFresh(at now: Timestamp, expiry: Int64) -> Bool {
        exists && now.nanoseconds(since: received) < expiry
    }

    /// Takes in a report.
    ///
    /// - Parameters:
    ///   - report: A valid report.
    ///   - now: When it arrived.
    ///   - answered: This balancer's requests answered up to now, modulo 2²⁰.
    ///   - expiry: The nanoseconds after which a report counts as missing.
    /// - Returns: What happened since the report before, but for requests in flight; nil if there was none.
    @discardableResult
    package mutating func take(
        _ report: LoadReport,
        at now: Timestamp,
        answered: UInt32,
        expiry: Int64
    ) -> LoadHistory.Interval? {
        if !isFresh(at: now, expiry: expiry) { nonEmptySince = now }
        utilisation = report.effectiveUtilisation
        requestsPerSecond = report.requestsPerSecond
        errorsPerSecond = report.errorsPerSecond
        defer {
            received = max(received, now)
            self.answered = answered
        }
        guard exists, now > received else {
            recentUtilisation = utilisation
            return nil
        }
        let elapsed = Double(now.nanoseconds(since: received))
        recentUtilisation += (1 - Elementary.exp(-elapsed / Self.memory)) * (utilisation - recentUtilisation)
        var interval = LoadHistory.Interval()
        interval.seconds = elapsed / 1e9
        interval.work = utilisation * interval.seconds
        interval.answers = Double(RequestCount.difference(answered, self.answered))
        return interval
    }
}
