// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Weighted round robin whose weights follow load reports: requests per second over utilisation (gRPC's
/// `weighted_round_robin`).
///
///     weight = qps / (utilisation + eps / qps · errorPenalty)
///
/// An endpoint that reported for less than the blackout period, or not within the balancer's
/// ``BalancerConfiguration/reportExpiry``, is given the mean of the others; with fewer than two weights known, all are
/// equal. Weights become a ``StaticStride`` schedule at each update.
///
/// Source: gRFC A58.
public struct UtilisationWeighted: Policy {
    /// How long an endpoint must have reported without a gap before its weight counts.
    public var blackout: Duration
    /// How often weights are reckoned anew; 100 milliseconds at least.
    public var updatePeriod: Duration
    /// How much the error rate adds to the utilisation.
    public var errorPenalty: Double

    /// Creates the policy with gRPC's defaults.
    ///
    /// - Parameters:
    ///   - blackout: How long an endpoint must have reported before its weight counts.
    ///   - updatePeriod: How often weights are reckoned anew; less than 100 milliseconds counts as that.
    ///   - errorPenalty: How much the error rate adds to the utilisation; negative or not finite counts as 0.
    public init(
        blackout: Duration = .seconds(10),
        updatePeriod: Duration = .seconds(1),
        errorPenalty: Double = 1
    ) {
        self.blackout = max(.zero, blackout)
        self.updatePeriod = max(.milliseconds(100), updatePeriod)
        self.errorPenalty = errorPenalty >= 0 && errorPenalty.isFinite ? errorPenalty : 0
    }

    /// The update period.
    public var refreshInterval: Duration? { updatePeriod }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        StaticStridePlan(
            slots: snapshot.slots,
            weights: snapshot.list {
                weight($0.load.report, at: snapshot.now, expiry: snapshot.reportExpiry) * $0.ramp
            },
            startsAtRandom: true
        )
    }

    /// The weight that an endpoint's reports give it, 0 if they give none.
    func weight(_ report: ReportedLoad, at now: Timestamp, expiry: Int64) -> Double {
        guard report.isFresh(at: now, expiry: expiry), report.utilisation > 0, report.requestsPerSecond > 0 else {
            return 0
        }
        guard now.nanoseconds(since: report.nonEmptySince) >= blackout.wholeNanoseconds else { return 0 }
        let errors = report.errorsPerSecond / report.requestsPerSecond * errorPenalty
        let weight = report.requestsPerSecond / (report.utilisation + errors)
        return weight.isFinite ? weight : 0
    }
}

extension Policy where Self == UtilisationWeighted {
    /// Weighted round robin whose weights follow load reports.
    public static var utilisationWeighted: UtilisationWeighted { UtilisationWeighted() }
}
