// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Events by time; equal times in the order in which they were put in.
struct EventQueue<Event> {
    private struct Item {
        let time: Int64
        let order: UInt64
        let event: Event

        func precedes(_ other: Item) -> Bool {
            time < other.time || (time == other.time && order < other.order)
        }
    }

    private var heap: [Item] = []
    private var order: UInt64 = 0

    var nextTime: Int64? { heap.first?.time }

    mutating func push(_ event: Event, at time: Int64) {
        let item = Item(time: time, order: order, event: event)
        order += 1
        heap.append(item)
        var hole = heap.count - 1
        while hole > 0 {
            let parent = (hole - 1) / 2
            guard item.precedes(heap[parent]) else { break }
            heap[hole] = heap[parent]
            hole = parent
        }
        heap[hole] = item
    }

    mutating func pop() -> (time: Int64, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty { sink(last) }
        return (first.time, first.event)
    }

    /// Lets an item fall from the top to its place.
    private mutating func sink(_ item: Item) {
        var hole = 0
        while true {
            var child = 2 * hole + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(item) else { break }
            heap[hole] = heap[child]
            hole = child
        }
        heap[hole] = item
    }
}
