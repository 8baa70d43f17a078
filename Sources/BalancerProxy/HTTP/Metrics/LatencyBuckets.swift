// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How many requests took how long, in fixed steps.
public struct LatencyBuckets: Hashable, Sendable {
    /// The upper bounds of the steps, in seconds.
    public static let bounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    private static let nanoseconds: [UInt64] = bounds.map { UInt64($0 * 1e9) }

    /// How many fell into each step; one more than bounds, for all that took longer.
    public private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
    /// The sum of all, in seconds.
    public private(set) var sum: Double = 0

    /// Creates empty steps.
    public init() {}

    mutating func record(_ duration: UInt64) {
        sum += Double(duration) * 1e-9
        counts[Self.nanoseconds.firstIndex { duration <= $0 } ?? Self.bounds.count] += 1
    }

    mutating func add(_ other: LatencyBuckets) {
        sum += other.sum
        for index in counts.indices { counts[index] += other.counts[index] }
    }
}
