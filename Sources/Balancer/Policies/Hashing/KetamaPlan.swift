// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A ring of 32-bit points.
struct KetamaPlan: PolicyPlan {
    let ring: RingPlan

    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker {
        KetamaPicker(ring: RingPicker(points: ring.points, seed: seed), seed: seed)
    }
}

/// Looks keys up by their lower 32 bits, which is all that a CRC-32 has.
final class KetamaPicker: PolicyPicker {
    private let ring: RingPicker
    private var generator: SeededGenerator

    init(ring: RingPicker, seed: UInt64) {
        self.ring = ring
        generator = SeededGenerator(seed: seed)
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        var narrowed = copy context
        narrowed.key = (context.key ?? generator.next()) & 0xFFFF_FFFF
        return ring.pick(narrowed)
    }
}
