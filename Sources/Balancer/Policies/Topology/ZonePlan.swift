// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A plan for each zone, and how many of the requests it takes.
struct ZonePlan: PolicyPlan {
    let plans: [any PolicyPlan]
    let shares: [Double]

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        let group = PickerGroup(plans: plans, seed: seed, replacing: (previous as? ZonePicker)?.group)
        return ZonePicker(group: group, zones: AliasTable(weights: shares), seed: seed)
    }
}

/// Draws a zone for each request.
final class ZonePicker: PolicyPicker {
    let group: PickerGroup
    private let zones: AliasTable
    private var generator: SeededGenerator

    init(group: PickerGroup, zones: AliasTable, seed: UInt64) {
        self.group = group
        self.zones = zones
        generator = SeededGenerator(seed: SeededGenerator.seed(seed, stream: .max))
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        if let key = context.key {
            var keyed = SeededGenerator(seed: key)
            return group.pick(zones.draw(&keyed), context)
        }
        return group.pick(zones.draw(&generator), context)
    }

    func nextProbe(at now: Timestamp) -> Int? { group.nextProbe(at: now) }

    func recordProbe(_ reply: ProbeReply, slot: Int, at now: Timestamp) {
        group.recordProbe(reply, slot: slot, at: now)
    }
}
