// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Consistent hashing that never lets an endpoint have more than its share, times a factor, in flight.
///
/// With T requests in flight (this one included) an endpoint of share s takes at most ⌈factor · T · s⌉. A key whose
/// endpoint is full goes on to further ones, in an order that follows from the key alone, so that it comes back to the
/// same second choice each time.
///
/// Source: Mirrokni, Thorup and Zadimoghaddam, SODA 2018; the jump to an unrelated endpoint (rather than the next on the
/// ring, which would fill like a domino) from Chen, Coleman and Shrivastava, AAAI 2021, as in Envoy.
public struct BoundedLoad: PolicyWrapper {
    /// The policy that says where keys belong.
    public let policy: any Policy
    /// How many times its share an endpoint may have; above 1.
    public let factor: Double

    /// Creates the policy.
    ///
    /// - Parameters:
    ///   - policy: ``Maglev``, ``RingHash`` or ``Ketama``.
    ///   - factor: How many times its share an endpoint may have.
    /// - Throws: ``BalancerError`` unless the factor is above 1 and finite.
    public init(_ policy: any Policy, factor: Double = 1.25) throws(BalancerError) {
        guard factor > 1, factor.isFinite else {
            throw BalancerError(
                code: .invalidConfiguration,
                message: "a load bound must be more than 1 times the average, not \(factor)"
            )
        }
        self.policy = policy
        self.factor = factor
    }

    /// Yes: the bound is a share of it.
    public var needsTotalInFlight: Bool { true }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        BoundedLoadPlan(
            hashing: policy.plan(for: snapshot, replacing: (previous as? BoundedLoadPlan)?.hashing),
            snapshot: snapshot,
            factor: factor
        )
    }
}
