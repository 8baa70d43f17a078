// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// After a scale-up the newest endpoint gets load first, until it is level with the rest.
///
/// The rule: an endpoint that joined less than `window` ago is a newcomer. A request goes to the newest newcomer whose
/// requests in flight are fewer than its target, else to the policy underneath. The target is the mean number in flight
/// per weight over all endpoints, times its weight, times its ramp: (age / `ramp`) while that is below 1.
///
/// Where that is less than one request, as in a service of a few containers, requests in flight at one moment say nothing:
/// then a newcomer that has none is filled until it had as many in flight as the others in the last three seconds, in the
/// mean over time.
///
/// The policy underneath is held to the same bound: if it answers with a newcomer that has its target, rounded up, it is
/// asked again without that one. Only if it knows no other endpoint the newcomer gets more.
///
/// So a newcomer is filled as fast as requests come, yet not beyond what the others bear, whatever the policy underneath
/// believes of it: the bound is what is in flight at this moment, not a report that is a second old. That is why it can't
/// be flooded between two reports. For endpoints that start cold (empty caches, code not compiled yet) set `ramp` to about
/// the time that they take to warm.
public struct NewestFirst: PolicyWrapper {
    /// Places requests that no newcomer takes.
    public let policy: any Policy
    /// For how long an endpoint is a newcomer.
    public let window: Duration
    /// Over which time its target grows from nothing to the mean; zero for endpoints that start warm.
    public let ramp: Duration

    /// Creates the policy.
    ///
    /// - Parameters:
    ///   - policy: Places requests that no newcomer takes.
    ///   - window: For how long an endpoint is a newcomer.
    ///   - ramp: Over which time its target grows from nothing to the mean.
    public init(_ policy: any Policy, window: Duration = .seconds(30), ramp: Duration = .zero) {
        self.policy = policy
        self.window = max(.zero, window)
        self.ramp = max(.zero, ramp)
    }

    /// Yes: the target is a mean over all endpoints.
    public var needsTotalInFlight: Bool { true }

    /// Yes: so is the mean over the last seconds.
    public var needsTimeInFlight: Bool { true }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        NewestFirstPlan(
            policy: self,
            snapshot: snapshot,
            plan: policy.plan(for: snapshot, replacing: (previous as? NewestFirstPlan)?.plan)
        )
    }
}
