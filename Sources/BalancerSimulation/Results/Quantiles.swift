// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// The spread of a measure.
public struct Quantiles: Hashable, Sendable {
    /// The median.
    public var p50: Double
    /// The value that nine in ten do not exceed.
    public var p90: Double
    /// The value that 99 in 100 do not exceed.
    public var p99: Double
    /// The value that 999 in 1,000 do not exceed.
    public var p999: Double
    /// The largest value.
    public var maximum: Double
    /// The mean.
    public var mean: Double
    /// How many values there were.
    public var count: Int

    /// Sorts values and reads off their quantiles; all are 0 if there is none.
    init(_ values: [Double]) {
        self.init(sorted: values.sorted())
    }

    /// The quantiles and the values at 41 shares, from 0 to four nines in tenths of a nine.
    static func withDistribution(_ values: [Double]) -> (quantiles: Quantiles, distribution: [Double]) {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return (Quantiles(sorted: []), []) }
        let distribution = (0...40).map { step in
            let share = 1 - Elementary.pow(10, -Double(step) / 10)
            return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
        }
        return (Quantiles(sorted: sorted), distribution)
    }

    private init(sorted: [Double]) {
        func at(_ share: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            return sorted[min(sorted.count - 1, max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1))]
        }
        p50 = at(0.5)
        p90 = at(0.9)
        p99 = at(0.99)
        p999 = at(0.999)
        maximum = sorted.last ?? 0
        mean = sorted.reduce(0, +) / Double(max(1, sorted.count))
        count = sorted.count
    }
}
