// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The newcomers, newest first.
struct NewestFirstPlan: PolicyPlan {
    /// More newcomers than this are not looked at in one pick.
    private static let maximumNewcomers = 16

    let policy: NewestFirst
    let snapshot: Snapshot
    let plan: any PolicyPlan
    /// Their places among the members.
    let newcomers: [Int]
    let totalWeight: Double

    init(policy: NewestFirst, snapshot: Snapshot, plan: any PolicyPlan) {
        self.policy = policy
        self.snapshot = snapshot
        self.plan = plan
        totalWeight = snapshot.members.reduce(0) { $0 + Double($1.configuredWeight) }
        let oldest = snapshot.members.map(\.joined).min() ?? .zero
        // The endpoints that the balancer began with are nobody's newcomers.
        let joined = snapshot.members.map(\.joined)
        newcomers = Array(
            joined.indices
                .filter { joined[$0] > oldest && snapshot.now.elapsed(since: joined[$0]) < policy.window }
                .sorted { joined[$0] > joined[$1] }
                .prefix(Self.maximumNewcomers)
        )
    }

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        let previous = previous as? NewestFirstPicker
        let inner = plan.makePicker(seed: seed, replacing: previous?.picker)
        return NewestFirstPicker(plan: self, picker: inner, replacing: previous)
    }
}
