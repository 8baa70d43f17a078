// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoint with the least utilisation as it must be *now*: its last report, corrected by this balancer's own
/// requests.
///
/// A report is old when it arrives, and every request that was sent since has made it wronger. From row to row of
/// reports the policy learns what one request in flight adds to an endpoint's utilisation (c: utilisation over the mean
/// number in flight between two reports, while below saturation) and what part its own requests do not explain (b: other
/// clients, neighbours on the machine). The score is
///
///     (b̄ + (b − b̄) · e^(−age/τ) + c · (n + 1 + min(1, m) / 2)) · a
///
/// with n requests in flight now, m in the mean of the last second, a attempts per success, b̄ the mean of b over all
/// endpoints, towards which b goes as the report ages. An endpoint without a fresh report is taken to be like the mean.
///
/// Two things keep it level where few requests are in flight. What an endpoint learnt of its c counts only as far as the
/// endpoints differ by more than single reports waver (empirical Bayes: c̄ + (1 − σ²/s²) · (c − c̄), with σ² the variance
/// that the wavering explains and s² the one seen); otherwise the noise of reports would choose. And among endpoints that
/// are idle at this moment the one that was idle lately comes first, so a newcomer is filled. Both fade as the part of the
/// load that own requests do not explain grows: where it is that of other balancers, they would make all of them agree.
///
/// With one balancer in front this is as good as the best. With many balancers, each of which sees a fraction of the
/// requests, prefer ``Prequal`` or ``LeastRequests`` with two choices: what others sent since the report is unknown.
public struct LeastUtilised: Policy {
    /// How many endpoints are compared for each pick.
    public var choices: ChoiceCount
    /// How fast trust in a report fades: after this time its deviation from the mean counts 1/e.
    public var trust: Duration
    /// The utilisation that one request in flight is taken to add before any report taught better.
    public var assumedCost: Double

    /// Creates the policy.
    ///
    /// - Parameters:
    ///   - choices: How many endpoints are compared for each pick.
    ///   - trust: How fast trust in a report fades.
    ///   - assumedCost: What one request in flight is taken to add at first; not finite or not above 0 counts as 0.1.
    public init(choices: ChoiceCount = .all, trust: Duration = .seconds(2), assumedCost: Double = 0.1) {
        self.choices = choices
        self.trust = max(.nanoseconds(1), trust)
        self.assumedCost = assumedCost > 0 && assumedCost.isFinite ? assumedCost : 0.1
    }

    /// Yes: what a request costs is learnt from it.
    public var needsTimeInFlight: Bool { true }

    /// Ten seconds: failures count.
    public var latencyDecay: Duration? { .seconds(10) }

    /// Every second the means over all endpoints are reckoned anew.
    public var refreshInterval: Duration? { .seconds(1) }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        LeastUtilisedPlan(policy: self, snapshot: snapshot)
    }
}

extension Policy where Self == LeastUtilised {
    /// The endpoint with the least utilisation as it must be now.
    public static var leastUtilised: LeastUtilised { LeastUtilised() }
}
