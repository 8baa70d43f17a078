// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The counter of a static-stride schedule, held as index and generation so that a pick divides by a constant only.
final class StaticStridePicker: PolicyPicker {
    private let entries: [StaticStridePlan.Entry]
    private var index: Int
    private var generation: UInt64

    init(entries: [StaticStridePlan.Entry], startingAt position: UInt64) {
        self.entries = entries
        let count = UInt64(max(1, entries.count))
        index = Int(position % count)
        generation = position / count
    }

    /// Where the counter stands, for the picker that comes after this one.
    var position: UInt64 { generation &* UInt64(entries.count) &+ UInt64(index) }

    func pick(_ context: borrowing PickContext) -> Choice {
        let count = entries.count
        guard count > 0 else { return .none(.noEndpoints) }
        let modulus = UInt64(StaticStridePlan.maxWeight)
        while true {
            let entry = entries[index]
            let weight = UInt64(entry.weight)
            let phase = (weight &* (generation & 0xFFFF_FFFF) &+ UInt64(index) &* (modulus / 2)) % modulus
            index += 1
            if index == count {
                index = 0
                generation &+= 1
            }
            if phase >= modulus - weight {
                return .endpoint(entry.slot)
            }
        }
    }
}
