// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Deadlines of slots, the earliest first: a binary heap in which each slot knows its place.
///
/// A slot has one deadline at most. Setting a deadline later than all others, the usual case, takes constant time.
struct TimerHeap {
    private struct Entry {
        var deadline: UInt64
        var slot: Int
    }

    private var entries: [Entry] = []
    /// Where in the heap each slot is; -1 if nowhere.
    private var positions: [Int] = []

    /// The earliest deadline.
    var earliest: UInt64? { entries.first?.deadline }

    /// Sets the deadline of a slot, or with nil takes it away.
    mutating func set(_ deadline: UInt64?, for slot: Int) {
        while positions.count <= slot { positions.append(-1) }
        let position = positions[slot]
        guard let deadline else {
            if position >= 0 { remove(at: position) }
            return
        }
        if position >= 0 {
            entries[position].deadline = deadline
            settle(position)
        } else {
            entries.append(Entry(deadline: deadline, slot: slot))
            positions[slot] = entries.count - 1
            rise(entries.count - 1)
        }
    }

    /// Takes out the slot with the earliest deadline, if that has passed.
    mutating func popDue(at now: UInt64) -> Int? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        remove(at: 0)
        return first.slot
    }

    private mutating func remove(at position: Int) {
        positions[entries[position].slot] = -1
        let last = entries.removeLast()
        guard position < entries.count else { return }
        entries[position] = last
        positions[last.slot] = position
        settle(position)
    }

    private mutating func settle(_ position: Int) {
        rise(position)
        sink(position)
    }

    private mutating func rise(_ start: Int) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard entries[position].deadline < entries[parent].deadline else { return }
            exchange(position, parent)
            position = parent
        }
    }

    private mutating func sink(_ start: Int) {
        var position = start
        while true {
            var least = position
            for child in [2 * position + 1, 2 * position + 2] where child < entries.count {
                if entries[child].deadline < entries[least].deadline { least = child }
            }
            guard least != position else { return }
            exchange(position, least)
            position = least
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        entries.swapAt(one, other)
        positions[entries[one].slot] = one
        positions[entries[other].slot] = other
    }
}
