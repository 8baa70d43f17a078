// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The newcomers, newest first.
struct NewestFirstPlan: PolicyPlan {
    /// More newcomers than this are not looked at in one pick.
    private static let maximumNewcomers = 16

    let policy: NewestFirst
    let snapshot: Snapshot
    let plan: any PolicyPlan
    let newcomers: [Member]
    let totalWeight: Double

    init(policy: NewestFirst, snapshot: Snapshot, plan: any PolicyPlan) {
        self.policy = policy
        self.snapshot = snapshot
        self.plan = plan
        totalWeight = snapshot.members.reduce(0) { $0 + Double($1.configuredWeight) }
        let oldest = snapshot.members.map(\.joined).min() ?? .zero
        // The endpoints that the balancer began with are nobody's newcomers.
        newcomers = Array(
            snapshot.members
                .filter { $0.joined > oldest && snapshot.now.elapsed(since: $0.joined) < policy.window }
                .sorted { $0.joined > $1.joined }
                .prefix(Self.maximumNewcomers)
        )
    }

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        let inner = plan.makePicker(seed: seed, replacing: (previous as? NewestFirstPicker)?.picker)
        return NewestFirstPicker(plan: self, picker: inner)
    }
}
