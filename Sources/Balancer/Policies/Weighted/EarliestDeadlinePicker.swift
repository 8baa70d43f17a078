// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A queue of endpoints by deadline: a binary heap whose top is moved back after each pick.
final class EarliestDeadlinePicker: PolicyPicker {
    private struct Turn {
        var deadline: Double
        var order: UInt64
        let period: Double
        let slot: Int

        func precedes(_ other: Turn) -> Bool {
            deadline < other.deadline || (deadline == other.deadline && order < other.order)
        }
    }

    private var heap: [Turn] = []
    private var order: UInt64
    private var time = 0.0

    init(candidates: [Candidate], deadlines: [Double]) {
        order = UInt64(candidates.count)
        heap.reserveCapacity(candidates.count)
        for (index, candidate) in candidates.enumerated() {
            heap.append(
                Turn(
                    deadline: deadlines[index],
                    order: UInt64(index),
                    period: 1 / candidate.weight,
                    slot: candidate.slot
                )
            )
        }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) {
            siftDown(from: index)
        }
    }

    /// The share of its period that each endpoint still has to wait, by slot, for the picker that comes after this one.
    var remainders: [Int: Double] {
        Dictionary(heap.map { ($0.slot, ($0.deadline - time) / $0.period) }) { first, _ in first }
    }

    func pick(_ context: borrowing PickContext) -> Choice {
        guard !heap.isEmpty else { return .none(.noEndpoints) }
        let slot = heap[0].slot
        time = heap[0].deadline
        heap[0].deadline = time + heap[0].period
        heap[0].order = order
        order &+= 1
        siftDown(from: 0)
        return .endpoint(slot)
    }

    private func siftDown(from start: Int) {
        heap.withUnsafeMutableBufferPointer { Self.siftDown($0, from: start) }
    }

    private static func siftDown(_ heap: UnsafeMutableBufferPointer<Turn>, from start: Int) {
        let count = heap.count
        let moved = heap[start]
        var hole = start
        while true {
            var child = 2 * hole + 1
            guard child < count else { break }
            if child + 1 < count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(moved) else { break }
            heap[hole] = heap[child]
            hole = child
        }
        heap[hole] = moved
    }
}
