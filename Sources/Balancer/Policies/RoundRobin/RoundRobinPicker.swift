// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Where a round robin stands.
@usableFromInline
struct RoundRobinTurn {
    @usableFromInline let slots: UnsafePointer<Int>
    @usableFromInline let count: Int
    @usableFromInline var next: Int

    @inlinable
    @inline(__always)
    mutating func pick() -> Choice {
        let index = next
        guard index < count else { return .none(.noEndpoints) }
        next = index + 1 == count ? 0 : index + 1
        return .endpoint(slots[index])
    }
}

/// The cursor of a round robin.
final class RoundRobinPicker: DirectPicker {
    private let slots: FlatTable<Int>
    private let turn: OwnLines<RoundRobinTurn>

    init(slots: FlatTable<Int>, next: Int) {
        self.slots = slots
        turn = OwnLines(
            RoundRobinTurn(slots: slots.base, count: slots.count, next: next < slots.count ? next : 0)
        )
    }

    /// The index of the next pick, and the slot that it answers.
    var next: Int { turn.pointer.pointee.next }
    var upcoming: Int? { next < slots.count ? slots.base[next] : nil }

    var direct: PickerRoute? {
        PickerRoute(kind: .roundRobin, state: UnsafeMutableRawPointer(turn.pointer))
    }

    func pick(_ context: borrowing PickContext) -> Choice { turn.pointer.pointee.pick() }
}
