// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What to do to get from the replicas that there are to the number that there should be, such that no request is
/// dropped: replicas drain first and end when their last request has.
///
/// A plain value: give it what ``LoadBalancer/status()`` says, do what it answers, and ask again soon.
public struct ReplicaPlan: Sendable {
    /// What to do now.
    public struct Steps: Hashable, Sendable {
        /// How many replicas to start.
        public var start = 0
        /// Replicas that are to take no new requests.
        public var drain: [String] = []
        /// Draining replicas that are needed after all.
        public var restore: [String] = []
        /// Replicas to end: nothing is left on them, or their time is over.
        public var stop: [String] = []

        /// Creates steps that do nothing.
        public init() {}
    }

    /// How long a replica may drain before it is ended with requests on it; nil for as long as it takes.
    public let deadline: Duration?
    private var draining: [String: Timestamp] = [:]

    /// Creates a plan.
    ///
    /// - Parameter deadline: How long a replica may drain; nil, the default, drops no request ever.
    public init(deadline: Duration? = nil) {
        self.deadline = deadline
    }

    /// The next steps.
    ///
    /// - Parameters:
    ///   - wanted: How many replicas should take requests.
    ///   - replicas: The replicas that there are.
    ///   - starting: How many were started and are not among them yet.
    ///   - now: The present time.
    /// - Returns: What to do now.
    public mutating func steps(
        towards wanted: Int,
        replicas: [EndpointStatus],
        starting: Int = 0,
        at now: Timestamp
    ) -> Steps {
        var steps = Steps()
        let known = Set(replicas.map(\.id))
        draining = draining.filter { known.contains($0.key) }
        let active = replicas.filter { draining[$0.id] == nil && !$0.isDraining }
        let surplus = active.count + starting - max(0, wanted)
        if surplus < 0 {
            // Replicas that still drain come back first, the latest first: they are warm.
            let back = draining.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.prefix(-surplus).map(\.key)
            for id in back { draining[id] = nil }
            steps.restore = back
            steps.start = -surplus - back.count
        } else if surplus > 0 {
            // Those go that have the least to finish; of equals the unhealthy, then the last.
            let leaving = active.enumerated().sorted { left, right in
                let (a, b) = (left.element, right.element)
                let (aWell, bWell) = (a.health == .healthy && !a.isEjected, b.health == .healthy && !b.isEjected)
                if aWell != bWell { return !aWell }
                return a.inFlight == b.inFlight ? left.offset > right.offset : a.inFlight < b.inFlight
            }
            steps.drain = leaving.prefix(min(surplus, active.count)).map(\.element.id)
            for id in steps.drain { draining[id] = now }
        }
        // A replica is ended a step after it began to drain, when no picker can still be choosing it.
        for replica in replicas where !steps.drain.contains(replica.id) {
            guard let since = draining[replica.id] else { continue }
            let isLate = deadline.map { now.elapsed(since: since) >= $0 } ?? false
            if (replica.isDraining && replica.inFlight == 0) || isLate { steps.stop.append(replica.id) }
        }
        return steps
    }
}
