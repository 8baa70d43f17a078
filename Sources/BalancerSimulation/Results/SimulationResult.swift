// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a simulation measured after its warm-up.
public struct SimulationResult: Sendable {
    /// The latencies as clients saw them, in milliseconds; a request that timed out counts as the time-out.
    public var latency: Quantiles
    /// The latency in milliseconds that a share of requests does not exceed, for shares 0, 1 − 10^(−0.1), … up to
    /// 1 − 10^(−4): as steps of tenths of a "nine".
    public var distribution: [Double]
    /// The share of requests that failed, timed out or were refused.
    public var errorShare: Double
    /// Requests that ended.
    public var requests: Int
    /// Requests in flight on each replica, sampled every 100 ms.
    public var inFlight: Quantiles
    /// The utilisation of each replica over windows of a second, 1 being its allotment.
    public var utilisation: Quantiles
    /// Requests that each replica answered, warm-up included.
    public var answered: [Int]
    /// What the last replica to join went through, if one joined.
    public var newcomer: Newcomer?
    /// What happened second by second, warm-up included.
    public var timeline: [Moment]

    /// A replica that joined on the way.
    public struct Newcomer: Hashable, Sendable {
        /// The most requests in flight on it within 10 seconds.
        public var mostInFlight: Int
        /// The 99th percentile of all latencies within 10 seconds, in milliseconds.
        public var p99: Double
        /// Requests in flight on it every 100 ms from its joining on.
        public var inFlight: [Int]
    }

    /// A second of the run.
    public struct Moment: Hashable, Sendable {
        /// Seconds since the start.
        public var second: Int
        /// Requests that ended in it.
        public var requests: Int
        /// Requests that failed, timed out or were refused in it.
        public var errors: Int
        /// The 99th percentile of their latencies, in milliseconds.
        public var p99: Double
        /// Requests on all replicas at its end.
        public var inFlight: Int
        /// How many replicas took requests at its end.
        public var replicas: Int
        /// The mean utilisation of those.
        public var utilisation: Double
    }

    /// Core-seconds that were allotted, which is what the replicas cost: replicas times seconds.
    public var replicaSeconds: Int { timeline.reduce(0) { $0 + $1.replicas } }
}
