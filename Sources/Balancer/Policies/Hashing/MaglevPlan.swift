// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The table, shared by all pickers.
struct MaglevPlan: PolicyPlan {
    let table: MaglevTable

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        MaglevPicker(slots: table.slots, seed: seed)
    }
}

/// The table, and a generator for requests without a key.
@usableFromInline
struct MaglevLookUp {
    @usableFromInline let slots: UnsafePointer<Int32>
    @usableFromInline let size: UInt64
    @usableFromInline var generator: SeededGenerator

    @inlinable
    @inline(__always)
    mutating func pick(_ context: borrowing PickContext) -> Choice {
        guard size > 0 else { return .none(.noEndpoints) }
        var key = context.key ?? generator.next()
        if context.attempt > 0 {
            key ^= 0 &- UInt64(context.attempt)
        }
        return .endpoint(Int(slots[Int(truncatingIfNeeded: key % size)]))
    }
}

/// Looks keys up.
final class MaglevPicker: DirectPicker {
    private let slots: FlatTable<Int32>
    private let lookUp: OwnLines<MaglevLookUp>

    init(slots: FlatTable<Int32>, seed: UInt64) {
        self.slots = slots
        lookUp = OwnLines(
            MaglevLookUp(slots: slots.base, size: UInt64(slots.count), generator: SeededGenerator(seed: seed))
        )
    }

    var direct: PickerRoute? {
        PickerRoute(kind: .maglev, state: UnsafeMutableRawPointer(lookUp.pointer))
    }

    func pick(_ context: borrowing PickContext) -> Choice { lookUp.pointer.pointee.pick(context) }
}
