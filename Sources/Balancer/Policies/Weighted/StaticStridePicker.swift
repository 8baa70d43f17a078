// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The counter of a static-stride schedule, held as index and generation so that a pick divides by a constant only.
@usableFromInline
struct StaticStrideTurn {
    @usableFromInline let entries: UnsafePointer<StaticStridePlan.Entry>
    @usableFromInline let count: Int
    @usableFromInline var index: Int
    @usableFromInline var generation: UInt64

    @inlinable
    @inline(__always)
    mutating func pick() -> Choice {
        guard count > 0 else { return .none(.noEndpoints) }
        let modulus = UInt64(StaticStridePlan.maxWeight)
        var (next, turn) = (index, generation)
        while true {
            let at = next
            let weight = UInt64(entries[at].weight)
            let phase = (weight &* (turn & 0xFFFF_FFFF) &+ UInt64(truncatingIfNeeded: at) &* (modulus / 2)) % modulus
            next = at &+ 1
            if next == count {
                next = 0
                turn &+= 1
            }
            if phase >= modulus &- weight {
                (index, generation) = (next, turn)
                return .endpoint(Int(entries[at].slot))
            }
        }
    }
}

/// The turns of a static-stride schedule.
final class StaticStridePicker: DirectPicker {
    private let entries: FlatTable<StaticStridePlan.Entry>
    private let turn: OwnLines<StaticStrideTurn>

    init(entries: FlatTable<StaticStridePlan.Entry>, startingAt position: UInt64) {
        self.entries = entries
        let count = UInt64(max(1, entries.count))
        turn = OwnLines(
            StaticStrideTurn(
                entries: entries.base,
                count: entries.count,
                index: Int(position % count),
                generation: position / count
            )
        )
    }

    /// Where the counter stands, for the picker that comes after this one.
    var position: UInt64 {
        turn.pointer.pointee.generation &* UInt64(entries.count) &+ UInt64(turn.pointer.pointee.index)
    }

    var direct: PickerRoute? {
        PickerRoute(kind: .staticStride, state: UnsafeMutableRawPointer(turn.pointer))
    }

    func pick(_ context: borrowing PickContext) -> Choice { turn.pointer.pointee.pick() }
}
