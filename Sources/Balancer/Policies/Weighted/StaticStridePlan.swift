// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The scaled weights of a static-stride schedule.
@usableFromInline
struct StaticStridePlan: PolicyPlan {
    /// An endpoint and its scaled weight.
    @usableFromInline
    struct Entry: BitwiseCopyable, Sendable {
        @usableFromInline let slot: UInt32
        @usableFromInline let weight: UInt32

        init(slot: Int, weight: UInt32) {
            self.slot = UInt32(slot)
            self.weight = weight
        }
    }

    @inlinable static var maxWeight: UInt32 { 65_535 }
    private static let maxRatio = 10.0
    private static let minRatio = 0.01

    let entries: FlatTable<Entry>
    let startsAtRandom: Bool

    /// Scales weights; an endpoint whose weight is 0 (unknown) is given the mean of the others.
    init(slots: [Int], weights: [Double], startsAtRandom: Bool) {
        self.startsAtRandom = startsAtRandom
        let known = weights.filter { $0 > 0 }
        guard known.count > 1 || (known.count == 1 && weights.count == 1) else {
            entries = FlatTable(slots.map { Entry(slot: $0, weight: Self.maxWeight) })
            return
        }
        let unscaledMean = known.reduce(0, +) / Double(known.count)
        let top = min(known.max() ?? 1, unscaledMean * Self.maxRatio)
        let scale = Double(Self.maxWeight) / top
        let mean = (unscaledMean * scale).rounded()
        let least = max(1, (mean * Self.minRatio).rounded(.up))
        let scaled = zip(slots, weights).map { slot, weight in
            let scaled = weight > 0 ? (min(weight, top) * scale).rounded() : mean
            return Entry(slot: slot, weight: UInt32(min(Double(Self.maxWeight), max(least, scaled))))
        }
        entries = FlatTable(scaled)
    }

    @usableFromInline
    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        var generator = SeededGenerator(seed: seed)
        let first = (previous as? StaticStridePicker)?.position ?? (startsAtRandom ? generator.next() >> 32 : 0)
        return StaticStridePicker(entries: entries, startingAt: first)
    }
}
