// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Each endpoint in turn, whatever its weight or load.
///
/// The first pick of each event loop starts at a random place, so that many loops or processes do not march in step.
/// While an endpoint is in slow start it is passed over as often as its ramp says.
public struct RoundRobin: Policy {
    /// Whether each picker starts at a random endpoint rather than at the first.
    public var startsAtRandom: Bool

    /// Creates the policy.
    ///
    /// - Parameter startsAtRandom: Whether each picker starts at a random endpoint rather than at the first.
    public init(startsAtRandom: Bool = true) {
        self.startsAtRandom = startsAtRandom
    }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        if snapshot.isRamping {
            return EarliestDeadlinePlan(
                candidates: snapshot.list { Candidate(slot: $0.slot, load: $0.load, weight: $0.ramp) },
                startsAtRandom: startsAtRandom
            )
        }
        return RoundRobinPlan(slots: snapshot.slots, startsAtRandom: startsAtRandom)
    }
}

extension Policy where Self == RoundRobin {
    /// Each endpoint in turn.
    public static var roundRobin: RoundRobin { RoundRobin() }
}
