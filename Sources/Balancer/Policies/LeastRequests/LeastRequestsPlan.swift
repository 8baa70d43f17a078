// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints to compare.
struct LeastRequestsPlan: PolicyPlan {
    let policy: LeastRequests
    let candidates: FlatTable<Candidate>

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        LeastRequestsPicker(plan: self, seed: seed)
    }
}
