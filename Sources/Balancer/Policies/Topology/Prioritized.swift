// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Levels of endpoints: all requests to level 0 while enough of it is well, the rest spills over to 1, 2 and so on.
///
/// A level with a share h of healthy endpoints can take min(100, 100 · overprovisioning · h) percent of the requests.
/// Levels are filled in order, first with healthy endpoints, then with degraded ones. If all together can't take 100
/// percent, each takes its part of what there is, and a level with fewer healthy endpoints than the panic threshold uses
/// all of its endpoints.
///
/// A ``LoadBalancer`` puts this around its policy by itself as soon as endpoints have different levels or are degraded.
///
/// Source: Envoy, "Priority levels", "Degraded endpoints" and "Panic threshold".
public struct Prioritized: PolicyWrapper {
    /// Chooses within a level.
    public let policy: any Policy
    /// How much more than its part a level is taken to bear; Envoy's default is 1.4.
    public let overprovisioning: Double
    /// The least healthy share of a level below which it uses all of its endpoints, if levels do not suffice.
    public let panicThreshold: Double

    /// Creates the policy.
    ///
    /// - Parameters:
    ///   - policy: Chooses within a level.
    ///   - overprovisioning: How much more than its part a level is taken to bear; 1 at least.
    ///   - panicThreshold: The least healthy share of a level, 0 ... 1.
    public init(_ policy: any Policy, overprovisioning: Double = 1.4, panicThreshold: Double = 0.5) {
        self.policy = policy
        self.overprovisioning = overprovisioning >= 1 && overprovisioning.isFinite ? overprovisioning : 1
        self.panicThreshold = min(1, max(0, panicThreshold.isNaN ? 0.5 : panicThreshold))
    }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        let levels = Dictionary(grouping: snapshot.members + snapshot.impaired, by: \.priority)
            .sorted { $0.key < $1.key }
            .map { PriorityLevel(members: $0.value) }
        let loads = PriorityLoads(levels: levels, overprovisioning: overprovisioning)
        var plans: [any PolicyPlan] = []
        var bounds: [UInt64] = []
        var bound: UInt64 = 0
        for (index, load) in loads.parts.enumerated() {
            let level = levels[index % levels.count]
            let panics = loads.isShort && level.healthyShare < panicThreshold
            let members = panics ? level.members : index < levels.count ? level.healthy : level.degraded
            bound += UInt64(load)
            bounds.append(bound)
            plans.append(policy.plan(for: snapshot.with(members), replacing: nil))
        }
        return PrioritizedPlan(plans: plans, bounds: bounds)
    }
}
