// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints to draw from.
struct UniformRandomPlan: PolicyPlan {
    let slots: FlatTable<Int>

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        UniformRandomPicker(slots: slots, seed: seed)
    }
}

/// A table and the generator that draws from it.
@usableFromInline
struct UniformDraw {
    @usableFromInline let slots: UnsafePointer<Int>
    @usableFromInline let count: Int
    @usableFromInline var generator: SeededGenerator

    @inlinable
    @inline(__always)
    mutating func pick() -> Choice {
        guard count > 0 else { return .none(.noEndpoints) }
        return .endpoint(slots[generator.index(below: count)])
    }
}

/// Draws endpoints.
final class UniformRandomPicker: DirectPicker {
    private let slots: FlatTable<Int>
    private let draw: OwnLines<UniformDraw>

    init(slots: FlatTable<Int>, seed: UInt64) {
        self.slots = slots
        draw = OwnLines(UniformDraw(slots: slots.base, count: slots.count, generator: SeededGenerator(seed: seed)))
    }

    var direct: PickerRoute? {
        PickerRoute(kind: .uniformRandom, state: UnsafeMutableRawPointer(draw.pointer))
    }

    func pick(_ context: borrowing PickContext) -> Choice { draw.pointer.pointee.pick() }
}
