// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints of a round robin, in their order.
struct RoundRobinPlan: PolicyPlan {
    let slots: [Int]
    let startsAtRandom: Bool

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        if let previous = previous as? RoundRobinPicker {
            return RoundRobinPicker(slots: slots, next: slots.firstIndex { $0 == previous.upcoming } ?? previous.next)
        }
        var generator = SeededGenerator(seed: seed)
        let first = startsAtRandom && !slots.isEmpty ? generator.index(below: slots.count) : 0
        return RoundRobinPicker(slots: slots, next: first)
    }
}
