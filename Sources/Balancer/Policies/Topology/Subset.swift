// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Requests only to endpoints that carry certain labels, such as one version or one stage.
///
/// ```swift
/// let policy = Subset(.leastRequests, keys: ["version"])
/// picker.pick(PickContext(now: now, subset: Subset.number(of: ["version": "v2"])))
/// ```
///
/// Source: Envoy, "Load balancer subsets".
public struct Subset: PolicyWrapper {
    /// What to do with a request whose subset is not stated or has no endpoint.
    public enum Fallback: Hashable, Sendable {
        /// Refuse it.
        case none
        /// Send it to any endpoint.
        case anyEndpoint
        /// Send it to endpoints with these labels.
        case labels([String: String])
    }

    /// Chooses within a subset.
    public let policy: any Policy
    /// The names of the labels that make subsets; an endpoint that lacks one of them is in no subset.
    public let keys: [String]
    /// What to do with a request whose subset is not stated or has no endpoint.
    public let fallback: Fallback

    /// Creates the policy.
    ///
    /// - Parameters:
    ///   - policy: Chooses within a subset.
    ///   - keys: The names of the labels that make subsets.
    ///   - fallback: What to do with a request whose subset is not stated or has no endpoint.
    public init(_ policy: any Policy, keys: [String], fallback: Fallback = .anyEndpoint) {
        self.policy = policy
        self.keys = keys.sorted()
        self.fallback = fallback
    }

    /// The number by which requests name a subset.
    ///
    /// - Parameter labels: The labels and values that make the subset.
    /// - Returns: The number, for ``PickContext/subset``.
    public static func number(of labels: [String: String]) -> UInt64 {
        labels.sorted { $0.key < $1.key }.reduce(0) { number, label in
            XXHash64.hash(label.value, seed: XXHash64.hash(label.key, seed: number))
        }
    }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        var groups: [UInt64: [Member]] = [:]
        for member in snapshot.members {
            let labels = member.labels.filter { keys.contains($0.key) }
            if labels.count == keys.count {
                groups[Self.number(of: labels), default: []].append(member)
            }
        }
        let ordered = groups.sorted { $0.key < $1.key }
        var plans = ordered.map { policy.plan(for: snapshot.with($0.value), replacing: nil) }
        let numbers = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1.key, $0) })
        switch fallback {
        case .none: return SubsetPlan(plans: plans, numbers: numbers, fallback: nil)
        case .anyEndpoint: plans.append(policy.plan(for: snapshot, replacing: nil))
        case .labels(let labels):
            let part = snapshot.filtered { member in labels.allSatisfy { member.labels[$0.key] == $0.value } }
            plans.append(policy.plan(for: part, replacing: nil))
        }
        return SubsetPlan(plans: plans, numbers: numbers, fallback: plans.count - 1)
    }
}
