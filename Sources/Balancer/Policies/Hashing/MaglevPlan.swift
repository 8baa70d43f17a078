// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The table, shared by all pickers.
struct MaglevPlan: PolicyPlan {
    let table: MaglevTable

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        MaglevPicker(slots: table.slots, seed: seed)
    }
}

/// Looks keys up.
final class MaglevPicker: PolicyPicker {
    private let slots: [Int32]
    private let size: UInt64
    private var generator: SeededGenerator

    init(slots: [Int32], seed: UInt64) {
        self.slots = slots
        size = UInt64(slots.count)
        generator = SeededGenerator(seed: seed)
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        guard size > 0 else { return .none(.noEndpoints) }
        var key = context.key ?? generator.next()
        if context.attempt > 0 {
            key ^= 0 &- UInt64(context.attempt)
        }
        return .endpoint(Int(slots[Int(truncatingIfNeeded: key % size)]))
    }
}
