// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoint with the least utilisation as it must be *now*: its last report, corrected by this balancer's own
/// requests.
///
/// A report is old when it arrives, and every request that was sent since has made it wronger. So endpoints are compared
/// by this balancer's own requests, and reports say what these weigh:
///
///     (n + 1 + o · r / 2) · w · a
///
/// n is the number of requests in flight now, a that of attempts per success.
///
/// w is the work of an answered request on this endpoint over the mean of all, where work is utilisation times seconds. It
/// does not depend on how many requests wait: a container that has used up its quota holds requests without working at
/// them, and by its utilisation per request in flight the fullest would seem the cheapest. An endpoint's own w counts as
/// far as the endpoints differ by more than chance (empirical Bayes); else the noise of reports would choose.
///
/// r is the endpoint's utilisation in the last second, with the work of what it answered since its report, over twice the
/// mean, and 1 at most. Among endpoints with as many requests in flight, often none, the one that has done the least
/// lately comes first; so a newcomer is filled, but never by more than half of one request.
///
/// o is how much of the load is this balancer's own, by how much of the variance of utilisations goes with its requests.
/// Where others send too, r and an endpoint's own w do not count: they would make all balancers choose the same endpoint.
///
/// Before anything is learnt, in the first seconds, or where utilisations never vary, they are compared as they were reported, with
/// ``assumedCost`` added for each request in flight. An endpoint without a fresh report is taken to be like the mean.
///
/// With one balancer in front this is as good as the best. With many balancers, each of which sees a fraction of the
/// requests, prefer ``Prequal`` or ``LeastRequests`` with two choices: what others sent since the report is unknown.
public struct LeastUtilised: Policy {
    /// How many endpoints are compared for each pick.
    public var choices: ChoiceCount
    /// How fast trust in a report fades before anything is learnt: after this time its deviation from the mean counts 1/e.
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
