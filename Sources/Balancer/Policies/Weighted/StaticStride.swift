// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Weighted round robin by arithmetic on one counter, as in gRPC: no heap, nothing to update, picks in constant time.
///
/// Weights are scaled so that the largest is 65,535 (but held to 0.01 ... 10 times their mean). In generation g of its
/// turns an endpoint of scaled weight w is passed over if (w·g + i·32,767) mod 65,535 is less than 65,535 − w.
///
/// Source: gRPC `StaticStrideScheduler` (gRFC A58).
public struct StaticStride: Policy {
    /// Whether each picker begins at a random number, so that pickers do not march in step.
    public var startsAtRandom: Bool

    /// Creates the policy.
    ///
    /// - Parameter startsAtRandom: Whether each picker begins at a random number.
    public init(startsAtRandom: Bool = true) {
        self.startsAtRandom = startsAtRandom
    }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        StaticStridePlan(
            slots: snapshot.slots,
            weights: snapshot.weights,
            startsAtRandom: startsAtRandom
        )
    }
}

extension Policy where Self == StaticStride {
    /// Weighted round robin as in gRPC.
    public static var staticStride: StaticStride { StaticStride() }
}
