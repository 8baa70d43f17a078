// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints to draw from, with their probabilities.
struct WeightedRandomPlan: PolicyPlan {
    let table: AliasTable
    let slots: FlatTable<Int>

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        WeightedRandomPicker(plan: self, seed: seed)
    }
}

/// A table and the generator that draws from it.
@usableFromInline
struct WeightedDraw {
    @usableFromInline let slots: UnsafePointer<Int>
    @usableFromInline let columns: UnsafePointer<AliasTable.Column>
    @usableFromInline let count: Int
    @usableFromInline var generator: SeededGenerator

    @inlinable
    @inline(__always)
    mutating func pick() -> Choice {
        guard count > 0 else { return .none(.noEndpoints) }
        return .endpoint(slots[AliasTable.draw(from: columns, count, &generator)])
    }
}

/// Draws endpoints.
final class WeightedRandomPicker: DirectPicker {
    private let plan: WeightedRandomPlan
    private let draw: OwnLines<WeightedDraw>

    init(plan: WeightedRandomPlan, seed: UInt64) {
        self.plan = plan
        draw = OwnLines(
            WeightedDraw(
                slots: plan.slots.base,
                columns: plan.table.columns.base,
                count: plan.slots.count,
                generator: SeededGenerator(seed: seed)
            )
        )
    }

    var direct: PickerRoute? {
        PickerRoute(kind: .weightedRandom, state: UnsafeMutableRawPointer(draw.pointer))
    }

    func pick(_ context: borrowing PickContext) -> Choice { draw.pointer.pointee.pick() }
}
