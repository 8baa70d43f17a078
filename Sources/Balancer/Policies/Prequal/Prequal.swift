// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Probing to reduce queueing and latency: asks a few endpoints for their requests in flight and latency, and sends the
/// request to the one that is quick among those that are not crowded.
///
/// A pool keeps up to `poolSize` answers. One is *hot* if its requests in flight exceed the `hotQuantile` of those that
/// were seen of late. Among cold answers the least latency wins; if all are hot, the fewest requests in flight
/// (the hot-cold lexicographic rule). A used answer counts one request more. An answer may be used
///
///     b = max(1, (1 + δ) / ((1 − m/n) · probesPerRequest − removalsPerRequest))
///
/// times, with pool size m and n endpoints; b is rounded up or down at random so that the mean holds. Besides, each
/// request removes answers, in turn the oldest and the worst, and each expires after `probeLifetime`. With fewer answers
/// than `minimumPool` an endpoint is drawn at random.
///
/// **Few endpoints.** The pool must be a sample. The formula says so: m/n of the probes only renew an answer that is there
/// already, and what is left must exceed the removals, so m < n · (1 − removals / probes), which is ⅔ n by default. A pool
/// that holds everyone makes every request of every moment go to the one endpoint whose estimate is lowest, which is a
/// herd (eight replicas at a load of 0.9 spent their time with twenty requests in flight and lost 5 % of them). Hence the
/// pool never holds more than half of the endpoints, and `minimumPool` of them at least. From two endpoints on down there
/// is nothing to sample; there, and wherever the formula has no solution, age alone ends an answer.
///
/// After each pick ask ``Picker/nextProbe(at:)`` until it is nil, send the probes, and hand the answers to
/// ``Picker/recordProbe(_:from:at:)``. Endpoints answer by way of ``ProbeResponder``.
///
/// Source: Wydrowski, Kleinberg, Rumble and Archer, "Load is not what you should balance", NSDI 2024, section 4.
public struct Prequal: Policy {
    /// Whether requests wait for probes of their own.
    public enum Mode: Hashable, Sendable {
        /// Requests are placed at once by the answers to earlier probes.
        case asynchronous
        /// Each request is probed for first: a pick answers ``Refusal/awaitingProbes`` until all but one of this many
        /// answers have come.
        case synchronous(probes: Int)
    }

    /// Whether requests wait for probes of their own; they don't wait by default.
    public var mode = Mode.asynchronous
    /// How many probes each request causes; 3 by default; a fraction is kept as a mean.
    public var probesPerRequest = 3.0
    /// How many answers each request removes, besides the reuse limit; 1 by default; a fraction is kept as a mean.
    public var removalsPerRequest = 1.0
    /// The most answers that are kept; 16 by default; with fewer than twice as many endpoints, half of those.
    public var poolSize = 16
    /// With fewer answers than this an endpoint is drawn at random; 2 by default.
    public var minimumPool = 2
    /// After how long an answer is too old; 1 second by default.
    public var probeLifetime = Duration.seconds(1)
    /// The quantile of requests in flight above which an answer is hot: 0 goes by requests in flight alone, 1 by latency
    /// alone.
    ///
    /// The paper's testbed uses 2^(−1/4).
    public var hotQuantile = 0.8408964152537145
    /// δ, the rate at which the pool would grow if answers were only removed by use; 1 by default.
    public var growth = 1.0
    /// The longest time without a probe, so that the pool is never empty for long; nil for none.
    public var idleProbeInterval: Duration?

    /// Creates the policy with the values of the paper's testbed.
    public init() {}

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        var policy = sane
        policy.poolSize = pool(endpoints: snapshot.members.count)
        return PrequalPlan(policy: policy, snapshot: snapshot)
    }

    /// The policy with what is out of range set to the nearest value in it.
    private var sane: Prequal {
        var policy = self
        policy.probesPerRequest = probesPerRequest.isFinite ? min(64, max(0, probesPerRequest)) : 3
        policy.removalsPerRequest = removalsPerRequest.isFinite ? min(64, max(0, removalsPerRequest)) : 1
        policy.poolSize = min(1_024, max(1, poolSize))
        policy.minimumPool = min(policy.poolSize, max(1, minimumPool))
        policy.hotQuantile = hotQuantile.isNaN ? 1 : min(1, max(0, hotQuantile))
        policy.growth = growth.isFinite ? max(0, growth) : 1
        if case .synchronous(let probes) = mode {
            policy.mode = .synchronous(probes: min(policy.poolSize, max(2, probes)))
        }
        return policy
    }

    /// How many answers are kept: a sample of the endpoints.
    ///
    /// A synchronous request has its own and needs no bound.
    func pool(endpoints: Int) -> Int {
        guard mode == .asynchronous else { return sane.poolSize }
        return min(sane.poolSize, max(sane.minimumPool, endpoints / 2))
    }

    /// How often an answer may be used on average; without end if probes that bring something new are too few.
    func reuse(endpoints: Int) -> Double {
        let drawn = (1 - Double(pool(endpoints: endpoints)) / Double(max(1, endpoints))) * probesPerRequest
        let left = drawn - removalsPerRequest
        return left > 0 ? max(1, (1 + growth) / left) : .infinity
    }
}

extension Policy where Self == Prequal {
    /// Probing to reduce queueing and latency.
    public static var prequal: Prequal { Prequal() }
}
