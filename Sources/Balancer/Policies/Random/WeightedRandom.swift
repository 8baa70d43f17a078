// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Any endpoint with a probability proportional to its weight.
///
/// Draws in constant time from an alias table (Walker 1977, Vose 1991).
public struct WeightedRandom: Policy {
    /// Creates the policy.
    public init() {}

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        WeightedRandomPlan(
            table: AliasTable(weights: snapshot.weights),
            slots: FlatTable(snapshot.slots)
        )
    }
}

extension Policy where Self == WeightedRandom {
    /// Any endpoint with a probability proportional to its weight.
    public static var weightedRandom: WeightedRandom { WeightedRandom() }
}
