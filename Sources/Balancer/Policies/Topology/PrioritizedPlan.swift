// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A plan for the healthy and one for the degraded endpoints of each level, and the percentages where each ends.
struct PrioritizedPlan: PolicyPlan {
    let plans: [any PolicyPlan]
    let bounds: [UInt64]

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        let group = PickerGroup(plans: plans, seed: seed, replacing: (previous as? PrioritizedPicker)?.group)
        return PrioritizedPicker(group: group, bounds: bounds, seed: seed)
    }
}

/// Draws a level for each request; requests with a key draw by it, so that equal keys stay together.
final class PrioritizedPicker: PolicyPicker {
    let group: PickerGroup
    private let bounds: [UInt64]
    private var generator: SeededGenerator

    init(group: PickerGroup, bounds: [UInt64], seed: UInt64) {
        self.group = group
        self.bounds = bounds
        generator = SeededGenerator(seed: SeededGenerator.seed(seed, stream: .max))
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        let draw = (context.key ?? generator.next()) % 100
        for index in bounds.indices where draw < bounds[index] {
            return group.pick(index, context)
        }
        return .none(.noEndpoints)
    }

    func nextProbe(at now: Timestamp) -> Int? { group.nextProbe(at: now) }

    func recordProbe(_ reply: ProbeReply, slot: Int, at now: Timestamp) {
        group.recordProbe(reply, slot: slot, at: now)
    }
}
