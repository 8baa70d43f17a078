// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Weighted round robin that spreads the heavy endpoint's turns, as nginx does: weights 5, 1, 1 give a a b a c a a.
///
/// At each pick every endpoint's credit grows by its weight; the one with the most credit is chosen and pays the sum of
/// all weights. A pick looks at every endpoint: for more than about 100 prefer ``EarliestDeadline`` or
/// ``StaticStride``.
///
/// Source: nginx 1.3.1, `ngx_http_upstream_round_robin`.
public struct SmoothWeighted: Policy {
    /// Creates the policy.
    public init() {}

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        SmoothWeightedPlan(candidates: snapshot.candidates)
    }
}

extension Policy where Self == SmoothWeighted {
    /// Weighted round robin as in nginx.
    public static var smoothWeighted: SmoothWeighted { SmoothWeighted() }
}

/// The endpoints and weights of a smooth weighted round robin.
struct SmoothWeightedPlan: PolicyPlan {
    let candidates: FlatTable<Candidate>

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        let credits = (previous as? SmoothWeightedPicker)?.creditsBySlot ?? [:]
        return SmoothWeightedPicker(candidates: candidates, credits: candidates.elements.map { credits[$0.slot] ?? 0 })
    }
}
