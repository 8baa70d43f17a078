// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Draws endpoints without replacement: a shuffle that is continued draw by draw and starts over when through.
struct ProbeWalk {
    private var order: [Int]
    private var drawn = 0

    init(count: Int) {
        order = Array(0..<count)
    }

    mutating func next(_ generator: inout SeededGenerator) -> Int {
        if drawn == order.count { drawn = 0 }
        order.swapAt(drawn, drawn + generator.index(below: order.count - drawn))
        drawn += 1
        return order[drawn - 1]
    }
}
