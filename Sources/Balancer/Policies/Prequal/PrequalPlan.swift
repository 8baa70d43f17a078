// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints to probe.
struct PrequalPlan: PolicyPlan {
    let policy: Prequal
    let snapshot: Snapshot

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        PrequalPicker(
            policy: policy,
            slots: snapshot.slots,
            seed: seed,
            replacing: previous as? PrequalPicker
        )
    }
}
