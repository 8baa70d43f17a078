// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A plan for each subset, and one for requests that belong to none.
struct SubsetPlan: PolicyPlan {
    let plans: [any PolicyPlan]
    let numbers: [UInt64: Int]
    let fallback: Int?

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        let group = PickerGroup(plans: plans, seed: seed, replacing: (previous as? SubsetPicker)?.group)
        return SubsetPicker(group: group, numbers: numbers, fallback: fallback)
    }
}

/// Looks subsets up.
final class SubsetPicker: PolicyPicker {
    let group: PickerGroup
    private let numbers: [UInt64: Int]
    private let fallback: Int?

    init(group: PickerGroup, numbers: [UInt64: Int], fallback: Int?) {
        self.group = group
        self.numbers = numbers
        self.fallback = fallback
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        if let subset = context.subset, let index = numbers[subset] {
            return group.pick(index, context)
        }
        guard let fallback else { return .none(.noneEligible) }
        return group.pick(fallback, context)
    }

    func nextProbe(at now: Timestamp) -> Int? { group.nextProbe(at: now) }

    func recordProbe(_ reply: ProbeReply, slot: Int, at now: Timestamp) {
        group.recordProbe(reply, slot: slot, at: now)
    }
}
