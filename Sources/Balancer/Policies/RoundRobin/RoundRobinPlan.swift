// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints of a round robin, in their order.
struct RoundRobinPlan: PolicyPlan {
    let slots: FlatTable<Int>
    let startsAtRandom: Bool

    init(slots: [Int], startsAtRandom: Bool) {
        self.slots = FlatTable(slots)
        self.startsAtRandom = startsAtRandom
    }

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        if let previous = previous as? RoundRobinPicker {
            let upcoming = previous.upcoming
            return RoundRobinPicker(slots: slots, next: slots.elements.firstIndex { $0 == upcoming } ?? previous.next)
        }
        var generator = SeededGenerator(seed: seed)
        let first = startsAtRandom && slots.count > 0 ? generator.index(below: slots.count) : 0
        return RoundRobinPicker(slots: slots, next: first)
    }
}
