// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Any endpoint with a probability proportional to its weight.
///
/// Draws in constant time from an alias table (Walker 1977, Vose 1991).
public struct WeightedRandom: Policy {
    /// Creates the policy.
    public init() {}

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        WeightedRandomPlan(
            table: AliasTable(weights: snapshot.members.map(\.weight)),
            slots: snapshot.members.map(\.slot)
        )
    }
}

extension Policy where Self == WeightedRandom {
    /// Any endpoint with a probability proportional to its weight.
    public static var weightedRandom: WeightedRandom { WeightedRandom() }
}

/// The endpoints to draw from, with their probabilities.
struct WeightedRandomPlan: PolicyPlan {
    let table: AliasTable
    let slots: [Int]

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        WeightedRandomPicker(table: table, slots: slots, seed: seed)
    }
}

/// The generator that draws.
final class WeightedRandomPicker: PolicyPicker {
    private let table: AliasTable
    private let slots: [Int]
    private var generator: SeededGenerator

    init(table: AliasTable, slots: [Int], seed: UInt64) {
        self.table = table
        self.slots = slots
        generator = SeededGenerator(seed: seed)
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        guard !slots.isEmpty else { return .none(.noEndpoints) }
        return .endpoint(slots[table.draw(&generator)])
    }
}
