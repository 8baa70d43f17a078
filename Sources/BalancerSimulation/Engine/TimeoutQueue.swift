// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Requests in the order of their time-outs, which is that of their starts: a queue needs no heap for it.
struct TimeoutQueue {
    private var items: [(request: Int, generation: UInt32, time: Int64)] = []
    private var head = 0

    var nextTime: Int64? { head < items.count ? items[head].time : nil }

    mutating func push(request: Int, generation: UInt32, at time: Int64) {
        items.append((request, generation, time))
    }

    mutating func pop() -> (request: Int, generation: UInt32)? {
        guard head < items.count else { return nil }
        let item = items[head]
        head += 1
        if head > 4_096, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return (item.request, item.generation)
    }
}
