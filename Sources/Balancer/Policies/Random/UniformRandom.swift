// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Any endpoint with equal probability.
public struct UniformRandom: Policy {
    /// Creates the policy.
    public init() {}

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        UniformRandomPlan(slots: FlatTable(snapshot.slots))
    }
}

extension Policy where Self == UniformRandom {
    /// Any endpoint with equal probability.
    public static var random: UniformRandom { UniformRandom() }
}
