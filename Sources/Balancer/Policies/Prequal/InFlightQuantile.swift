// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The quantile of requests in flight over the last 128 answers.
struct InFlightQuantile {
    private static let size = 128

    private var recent: [Int] = []
    private var sorted: [Int] = []
    private var next = 0

    init() {
        recent.reserveCapacity(Self.size)
        sorted.reserveCapacity(Self.size + 1)
    }

    mutating func insert(_ value: Int) {
        if recent.count < Self.size {
            recent.append(value)
        } else {
            sorted.remove(at: position(of: recent[next]))
            recent[next] = value
            next = (next + 1) % Self.size
        }
        sorted.insert(value, at: position(of: value))
    }

    /// The largest number in flight that is not hot: below all at quantile 0, above all at 1.
    func threshold(_ quantile: Double) -> Int {
        if quantile <= 0 { return -1 }
        if quantile >= 1 || sorted.isEmpty { return .max }
        return sorted[min(sorted.count - 1, Int(quantile * Double(sorted.count)))]
    }

    private func position(of value: Int) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
