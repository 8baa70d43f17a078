// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The percentage of requests that each level takes: first by its healthy endpoints, then by its degraded ones.
struct PriorityLoads: Equatable {
    /// One part for the healthy endpoints of each level, then one for the degraded endpoints of each; the sum is 100.
    private(set) var parts: [Int]
    /// Whether all levels together can't take every request.
    let isShort: Bool

    init(levels: [PriorityLevel], overprovisioning: Double) {
        let capacities =
            levels.map { $0.capacity(of: $0.healthy, overprovisioning: overprovisioning) }
            + levels.map { $0.capacity(of: $0.degraded, overprovisioning: overprovisioning) }
        let total = min(100, capacities.reduce(0, +))
        isShort = total < 100
        parts = capacities.map { _ in 0 }
        guard total > 0 else {
            spread(over: levels)
            return
        }
        var left = 100
        for (index, capacity) in capacities.enumerated() {
            parts[index] = min(left, capacity * 100 / total)
            left -= parts[index]
        }
        // What rounding left over goes to the first level that takes anything.
        if left > 0, let first = parts.firstIndex(where: { $0 > 0 }) {
            parts[first] += left
        }
    }

    /// With no endpoint well at all, levels take requests in proportion to their size.
    private mutating func spread(over levels: [PriorityLevel]) {
        let count = levels.reduce(0) { $0 + $1.members.count }
        guard count > 0 else { return }
        var left = 100
        for (index, level) in levels.enumerated() {
            parts[index] = 100 * level.members.count / count
            left -= parts[index]
        }
        parts[0] += left
    }
}
