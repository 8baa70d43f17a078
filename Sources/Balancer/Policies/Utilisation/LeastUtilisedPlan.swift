// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints to compare, with what a request costs on each, and the means that stand in for missing reports.
struct LeastUtilisedPlan: PolicyPlan {
    let policy: LeastUtilised
    /// The endpoints; their weight is what one request in flight adds to the utilisation.
    let candidates: FlatTable<Candidate>
    let expiry: Int64
    let fleet: FleetLoad

    init(policy: LeastUtilised, snapshot: Snapshot) {
        self.policy = policy
        expiry = snapshot.reportExpiry
        let fleet = FleetLoad(snapshot, assumedCost: policy.assumedCost)
        self.fleet = fleet
        candidates = FlatTable(
            snapshot.list { Candidate(slot: $0.slot, load: $0.load, weight: fleet.cost(of: $0.load.history.moments)) }
        )
    }

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        LeastUtilisedPicker(plan: self, seed: seed)
    }
}
