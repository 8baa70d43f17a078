// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Counts of latencies in buckets that grow with them: 16 to each doubling, so a quantile is off by 1 / 16 at most.
package struct LatencyHistogram: Sendable {
    private static let precision = 4
    /// Buckets up to 2⁴⁶ ns, about 20 hours; longer latencies count as that.
    private static let buckets = 44 << precision

    private var counts = [Int32](repeating: 0, count: buckets)
    package private(set) var count = 0

    package init() {}

    package mutating func record(_ nanoseconds: Int64) {
        counts[Self.bucket(of: nanoseconds)] &+= 1
        count += 1
    }

    /// The upper end of the bucket in which a share of all latencies ends.
    package func quantile(_ share: Double) -> Int64 {
        let rank = max(1, Int((share * Double(count)).rounded(.up)))
        var seen = 0
        for (bucket, number) in counts.enumerated() where number > 0 {
            seen += Int(number)
            if seen >= rank { return Self.top(of: bucket) }
        }
        return 0
    }

    package func merged(with other: LatencyHistogram) -> LatencyHistogram {
        var sum = self
        for index in counts.indices { sum.counts[index] &+= other.counts[index] }
        sum.count += other.count
        return sum
    }

    private static func bucket(of nanoseconds: Int64) -> Int {
        let value = UInt64(max(0, nanoseconds))
        guard value >= 1 << precision else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let shift = exponent - precision
        let fraction = Int(value >> UInt64(shift)) - (1 << precision)
        return min(buckets - 1, ((shift + 1) << precision) + fraction)
    }

    private static func top(of bucket: Int) -> Int64 {
        guard bucket >= 1 << precision else { return Int64(bucket) }
        let shift = (bucket >> precision) - 1
        let fraction = Int64(bucket & ((1 << precision) - 1)) + (1 << precision)
        return ((fraction + 1) << Int64(shift)) - 1
    }
}
