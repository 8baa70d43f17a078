// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Requests stay in the caller's zone as far as that keeps the load of all endpoints equal.
///
/// With a share L of all callers in this zone and a share U of all endpoints: if U ≥ L every request stays; otherwise
/// U / L of them do, and the rest goes to other zones in proportion to what they have to spare (their share of endpoints
/// less their share of callers).
///
/// Source: Envoy, "Zone aware routing".
public struct ZoneAware: PolicyWrapper {
    /// Chooses within a zone.
    public let policy: any Policy
    /// Where this balancer stands.
    public let local: Locality
    /// How many callers like this one each zone holds, by ``Locality/zone``; equal for all zones if empty.
    public let callers: [String: Double]
    /// With fewer endpoints than this, zones are ignored; Envoy's default is 6.
    public let minimumEndpoints: Int

    /// Creates the policy.
    ///
    /// - Parameters:
    ///   - policy: Chooses within a zone.
    ///   - local: Where this balancer stands.
    ///   - callers: How many callers each zone holds.
    ///   - minimumEndpoints: With fewer endpoints than this, zones are ignored.
    public init(
        _ policy: any Policy,
        local: Locality,
        callers: [String: Double] = [:],
        minimumEndpoints: Int = 6
    ) {
        self.policy = policy
        self.local = local
        self.callers = callers.filter { $0.value > 0 && $0.value.isFinite }
        self.minimumEndpoints = minimumEndpoints
    }

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        let zones = Dictionary(grouping: snapshot.members, by: \.locality.zone).sorted { $0.key < $1.key }
        let isKnown = zones.contains { $0.key == local.zone }
        guard snapshot.count >= minimumEndpoints, zones.count > 1, isKnown else {
            return ZonePlan(plans: [policy.plan(for: snapshot, replacing: nil)], shares: [1])
        }
        return ZonePlan(
            plans: zones.map { policy.plan(for: snapshot.with($0.value), replacing: nil) },
            shares: shares(zones.map(\.key), counts: zones.map { Double($0.value.count) })
        )
    }

    /// The share of this balancer's requests that each zone takes.
    func shares(_ zones: [String], counts: [Double]) -> [Double] {
        let known = zones.map { callers.isEmpty ? 1 : callers[$0] ?? 0 }
        let all = callers.isEmpty ? Double(zones.count) : callers.values.reduce(0, +)
        let endpoints = counts.reduce(0, +)
        let spare = zip(known, counts).map { $1 / endpoints - $0 / all }
        guard let here = zones.firstIndex(of: local.zone), known[here] > 0, spare[here] < 0 else {
            return zones.map { $0 == local.zone ? 1 : 0 }
        }
        let kept = (counts[here] / endpoints) / (known[here] / all)
        let room = spare.reduce(0) { $0 + max(0, $1) }
        return spare.indices.map { $0 == here ? kept : (1 - kept) * max(0, spare[$0]) / room }
    }
}
