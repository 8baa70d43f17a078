// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A peak-sensitive moving average of latency (Finagle's peak EWMA) and a moving failure rate.
///
/// The cost jumps to any latency above it at once, and sinks towards lower ones with weight 1 − e^(−Δt/τ): a slow
/// answer is noticed with its first occurrence, and is forgiven slowly.
package struct LatencyEstimate: Sendable {
    /// Nanoseconds.
    package var cost: Double
    /// The share of requests that failed, from 0 to 1, at `stamp`.
    package var failureRate: Double
    package var stamp: Timestamp

    /// The weight of one outcome in the failure rate.
    private static let failureGain = 0.1
    /// A failure rate below this is none.
    private static let negligible = 1e-9

    package init(cost: Double, failureRate: Double, stamp: Timestamp) {
        self.cost = cost
        self.failureRate = failureRate
        self.stamp = stamp
    }

    /// Takes in a request that ended now.
    ///
    /// A failure never lowers the cost: an endpoint that refuses at once would look like the fastest of all.
    package mutating func observe(latency: Double, failed: Bool, at now: Timestamp, decay: Double) {
        let weight = kept(at: now, decay: decay)
        if latency > cost {
            cost = latency
        } else if !failed {
            cost = cost * weight + latency * (1 - weight)
        }
        failureRate = failureRate * weight * (1 - Self.failureGain) + (failed ? Self.failureGain : 0)
        if failureRate < Self.negligible { failureRate = 0 }
        stamp = max(stamp, now)
    }

    /// The cost now, which sinks while nothing is heard.
    package func cost(at now: Timestamp, decay: Double) -> Double {
        cost * kept(at: now, decay: decay)
    }

    /// How many times a request must be sent on average until it succeeds, which is what a request really costs.
    package func attempts(at now: Timestamp, decay: Double) -> Double {
        guard failureRate > 0 else { return 1 }
        return 1 / (1 - min(0.99, failureRate * kept(at: now, decay: decay)))
    }

    private func kept(at now: Timestamp, decay: Double) -> Double {
        let elapsed = now.nanoseconds(since: stamp)
        return elapsed == 0 ? 1 : Elementary.exp(-Double(elapsed) / decay)
    }
}
