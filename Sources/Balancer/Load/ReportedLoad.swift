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
    /// How far single reports lie from the learnt cost, as a variance.
    package var costVariance = 0.0
    /// How many of this balancer's requests were in flight in the last second or so, in the mean.
    package var recentInFlight = 0.0
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
    /// The nanoseconds over which requests in flight are averaged.
    private static let memory = 1e9

    /// The variance of the learnt cost itself, which is a mean over reports of falling weight.
    package var uncertainty: Double { costVariance * Self.gain / (2 - Self.gain) }

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
            let inFlight = max(0, Double(integral &- self.integral) / elapsed)
            recentInFlight += (1 - Elementary.exp(-elapsed / Self.memory)) * (inFlight - recentInFlight)
            learn(meanInFlight: inFlight)
        } else {
            background = utilisation
        }
        self.integral = integral
        received = max(received, now)
    }

    /// Splits the utilisation into what the balancer's own requests caused and the rest.
    private mutating func learn(meanInFlight: Double) {
        if meanInFlight >= 0.25, utilisation > 0, utilisation < Self.saturation {
            learn(cost: utilisation / meanInFlight)
        }
        let unexplained = max(0, utilisation - requestCost * meanInFlight)
        background += 0.5 * (unexplained - background)
    }

    /// A first report is trusted little: its deviation is taken to be as large as itself.
    private mutating func learn(cost: Double) {
        guard requestCost > 0 else {
            (requestCost, costVariance) = (cost, cost * cost)
            return
        }
        let deviation = cost - requestCost
        requestCost += Self.gain * deviation
        costVariance += Self.gain * (deviation * deviation - costVariance)
    }
}
