// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Any endpoint with equal probability.
public struct UniformRandom: Policy {
    /// Creates the policy.
    public init() {}

    /// Prepares for a new set of endpoints.
    public func plan(for snapshot: Snapshot, replacing previous: (any PolicyPlan)?) -> any PolicyPlan {
        UniformRandomPlan(slots: snapshot.members.map(\.slot))
    }
}

extension Policy where Self == UniformRandom {
    /// Any endpoint with equal probability.
    public static var random: UniformRandom { UniformRandom() }
}

/// The endpoints to draw from.
struct UniformRandomPlan: PolicyPlan {
    let slots: [Int]

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        UniformRandomPicker(slots: slots, seed: seed)
    }
}

/// The generator that draws.
final class UniformRandomPicker: PolicyPicker {
    private let slots: [Int]
    private var generator: SeededGenerator

    init(slots: [Int], seed: UInt64) {
        self.slots = slots
        generator = SeededGenerator(seed: seed)
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        guard !slots.isEmpty else { return .none(.noEndpoints) }
        return .endpoint(slots[generator.index(below: slots.count)])
    }
}
