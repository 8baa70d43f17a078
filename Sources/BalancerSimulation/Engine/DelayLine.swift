// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Things that all take the same time, and so come out in the order in which they went in: a queue needs no heap for them.
struct DelayLine<Element> {
    private var items: [(time: Int64, element: Element)] = []
    private var head = 0

    /// When the next one comes out; never if there is none.
    var nextTime: Int64 { head < items.count ? items[head].time : .max }

    mutating func push(_ element: Element, at time: Int64) {
        items.append((time, element))
    }

    mutating func pop() -> Element? {
        guard head < items.count else { return nil }
        let element = items[head].element
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 4_096, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return element
    }
}
