// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Weighted round robin by deadlines, as Envoy does: each endpoint is due every 1 / weight, the earliest is picked.
///
/// A pick costs log n. Equal deadlines go to the endpoint that waits longer.
///
/// Source: Envoy `EdfScheduler`; Demers, Keshav and Shenker, SIGCOMM 1989.
public struct EarliestDeadline: Policy {
    /// Whether each endpoint's first deadline is random within its period, so that pickers do not march in step.
    public var startsAtRandom: Bool

    /// Creates the policy.
    ///
    /// - Parameter startsAtRandom: Whether first deadlines are random within each endpoint's period.
    public init(startsAtRandom: Bool = true) {
        self.startsAtRandom = startsAtRandom
    }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        EarliestDeadlinePlan(candidates: snapshot.list { Candidate($0) }, startsAtRandom: startsAtRandom)
    }
}

extension Policy where Self == EarliestDeadline {
    /// Weighted round robin as in Envoy.
    public static var earliestDeadline: EarliestDeadline { EarliestDeadline() }
}

/// The endpoints and weights of an earliest-deadline schedule.
struct EarliestDeadlinePlan: PolicyPlan {
    let candidates: [Candidate]
    let startsAtRandom: Bool

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        var generator = SeededGenerator(seed: seed)
        let earlier = (previous as? EarliestDeadlinePicker)?.remainders ?? [:]
        let first = candidates.map { candidate in
            let unit = earlier[candidate.slot] ?? (startsAtRandom ? generator.unit() : 1)
            return unit / candidate.weight
        }
        return EarliestDeadlinePicker(candidates: candidates, deadlines: first)
    }
}
