// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a balancer keeps of an endpoint's load reports.
package struct ReportedLoad: Sendable {
    /// The utilisation reported last, 1 being all of the endpoint's capacity.
    package var utilisation = 0.0
    package var requestsPerSecond = 0.0
    package var errorsPerSecond = 0.0
    /// The part of the utilisation that this balancer's own requests do not explain.
    package var background = 0.0
    /// What one request in flight adds to the utilisation, learnt from reports; 0 if not known yet.
    package var requestCost = 0.0
    package var received = Timestamp(nanoseconds: .min)
    /// When the present unbroken row of reports began.
    package var nonEmptySince = Timestamp(nanoseconds: .min)
    /// The request-nanoseconds in flight up to the last report, modulo 2⁶⁴.
    package var integral: Int64 = 0

    /// Whether any report arrived.
    package var exists: Bool { received.nanoseconds != .min }

    /// Whether there is a report and it is younger than `expiry` nanoseconds.
    package func isFresh(at now: Timestamp, expiry: Int64) -> Bool {
        exists && now.nanoseconds(since: received) < expiry
    }

    /// Above this, utilisation no longer tells how much work there is, and nothing is learnt from it.
    private static let saturation = 0.95
    /// The weight of one report in the learnt cost.
    private static let gain = 0.2

    /// Takes in a report.
    ///
    /// - Parameters:
    ///   - report: A valid report.
    ///   - now: When it arrived.
    ///   - integral: The request-nanoseconds in flight up to now, modulo 2⁶⁴.
    ///   - expiry: The nanoseconds after which a report counts as missing.
    package mutating func take(_ report: LoadReport, at now: Timestamp, integral: Int64, expiry: Int64) {
        if !isFresh(at: now, expiry: expiry) {
            nonEmptySince = now
        }
        utilisation = report.effectiveUtilisation
        requestsPerSecond = report.requestsPerSecond
        errorsPerSecond = report.errorsPerSecond
        if exists, now > received {
            let elapsed = Double(now.nanoseconds(since: received))
            learn(meanInFlight: max(0, Double(integral &- self.integral) / elapsed))
        } else {
            background = utilisation
        }
        self.integral = integral
        received = max(received, now)
    }

    /// Splits the utilisation into what the balancer's own requests caused and the rest.
    private mutating func learn(meanInFlight: Double) {
        if meanInFlight >= 0.25, utilisation > 0, utilisation < Self.saturation {
            let ratio = utilisation / meanInFlight
            requestCost = requestCost == 0 ? ratio : requestCost + Self.gain * (ratio - requestCost)
        }
        let unexplained = max(0, utilisation - requestCost * meanInFlight)
        background += 0.5 * (unexplained - background)
    }
}
