// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The cursor of a round robin.
final class RoundRobinPicker: PolicyPicker {
    private let slots: [Int]
    private(set) var next: Int

    init(slots: [Int], next: Int) {
        self.slots = slots
        self.next = next < slots.count ? next : 0
    }

    /// The slot that the next pick answers.
    var upcoming: Int? { next < slots.count ? slots[next] : nil }

    func pick(_ context: borrowing PickContext) -> Choice {
        let index = next
        guard index < slots.count else { return .none(.noEndpoints) }
        next = index + 1 == slots.count ? 0 : index + 1
        return .endpoint(slots[index])
    }
}
