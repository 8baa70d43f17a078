// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The times of one contender's launches.
struct Samples {
    private var nanoseconds: [UInt64] = []

    var count: Int { nanoseconds.count }

    var median: Duration { quantile(0.5) }

    var mean: Duration {
        nanoseconds.isEmpty ? .zero : .nanoseconds(nanoseconds.reduce(0, +) / UInt64(nanoseconds.count))
    }

    mutating func append(contentsOf times: [UInt64]) {
        nanoseconds += times
    }

    /// The time that a share of the launches needed at most.
    func quantile(_ share: Double) -> Duration {
        guard !nanoseconds.isEmpty else { return .zero }
        let sorted = nanoseconds.sorted()
        let index = Int((Double(sorted.count) * share).rounded(.up)) - 1
        return .nanoseconds(sorted[min(max(index, 0), sorted.count - 1)])
    }
}

extension Duration {
    var milliseconds: Double { self / .milliseconds(1) }

    private static func nanoseconds(_ count: UInt64) -> Duration { .nanoseconds(Int64(count)) }
}
