// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Means of requests in flight over the last while, from buckets of a second.
struct ConcurrencyWindow: Sendable {
    private struct Bucket: Sendable {
        var second: Int64
        var sum: Double
        var count: Double
    }

    private var buckets: [Bucket] = []
    private let length: Duration

    init(length: Duration) {
        self.length = length
    }

    mutating func record(_ value: Double, at now: Timestamp) {
        let second = now.nanoseconds / 1_000_000_000
        if let last = buckets.indices.last, buckets[last].second >= second {
            buckets[last].sum += value
            buckets[last].count += 1
        } else {
            buckets.append(Bucket(second: second, sum: value, count: 1))
        }
        let oldest = second - Int64(length.inSeconds.rounded(.up))
        buckets.removeAll { $0.second <= oldest }
    }

    /// The mean of the seconds' means, or nil if nothing was recorded in the window.
    func mean(over window: Duration, at now: Timestamp) -> Double? {
        let oldest = now.nanoseconds / 1_000_000_000 - Int64(window.inSeconds.rounded(.up))
        let recent = buckets.filter { $0.second > oldest }
        guard !recent.isEmpty else { return nil }
        return recent.reduce(0) { $0 + $1.sum / $1.count } / Double(recent.count)
    }
}
