// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// When each server will be done with its next request: one time for each, which is changed in place.
///
/// A heap of the servers' numbers that knows where each of them stands.
struct CompletionQueue {
    private var times: [Int64] = []
    private var heap: [Int] = []
    private var places: [Int] = []

    /// When the next server is done; never if none works.
    var nextTime: Int64 { heap.first.map { times[$0] } ?? .max }

    /// The server that is done next.
    var nextServer: Int? { heap.first }

    /// Adds a server that has nothing to do.
    mutating func add() {
        times.append(.max)
        places.append(heap.count)
        heap.append(times.count - 1)
    }

    /// Says when a server will be done; `.max` if it has nothing to do.
    mutating func set(_ server: Int, to time: Int64) {
        let before = times[server]
        times[server] = time
        if time < before { rise(server) } else if time > before { sink(server) }
    }

    /// Equal times in the order of the servers' numbers.
    private func precedes(_ one: Int, _ other: Int) -> Bool {
        times[one] < times[other] || (times[one] == times[other] && one < other)
    }

    private mutating func rise(_ server: Int) {
        var hole = places[server]
        while hole > 0 {
            let parent = (hole - 1) / 2
            guard precedes(server, heap[parent]) else { break }
            place(heap[parent], at: hole)
            hole = parent
        }
        place(server, at: hole)
    }

    private mutating func sink(_ server: Int) {
        var hole = places[server]
        while true {
            var child = 2 * hole + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, precedes(heap[child + 1], heap[child]) { child += 1 }
            guard precedes(heap[child], server) else { break }
            place(heap[child], at: hole)
            hole = child
        }
        place(server, at: hole)
    }

    private mutating func place(_ server: Int, at index: Int) {
        heap[index] = server
        places[server] = index
    }
}
