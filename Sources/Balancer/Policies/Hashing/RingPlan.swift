// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A point on a ring, and whose it is.
struct RingPoint: BitwiseCopyable, Sendable {
    let hash: UInt64
    let slot: Int
}

/// A ring, shared by all pickers.
struct RingPlan: PolicyPlan {
    let points: FlatTable<RingPoint>

    init(points: [RingPoint]) {
        self.points = FlatTable(points)
    }

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        RingPicker(points: points, seed: seed)
    }
}

/// Looks keys up on a ring.
final class RingPicker: PolicyPicker {
    private let points: FlatTable<RingPoint>
    private var generator: SeededGenerator

    init(points: FlatTable<RingPoint>, seed: UInt64) {
        self.points = points
        generator = SeededGenerator(seed: seed)
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        let count = points.count
        guard count > 0 else { return .none(.noEndpoints) }
        var index = firstPoint(from: context.key ?? generator.next())
        if context.attempt > 0 {
            index = (index + Int(context.attempt)) % count
        }
        return .endpoint(points.base[index].slot)
    }

    /// The first point at or after a hash; past the last one the ring begins anew.
    private func firstPoint(from hash: UInt64) -> Int {
        let base = points.base
        var low = 0
        var high = points.count
        while low < high {
            let middle = (low + high) / 2
            if base[middle].hash < hash {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low == points.count ? 0 : low
    }
}
