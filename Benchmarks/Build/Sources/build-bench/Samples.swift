// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Times of one thing, done again and again.
struct Samples {
    private var milliseconds: [Double] = []

    /// Times one more.
    mutating func time(_ body: () async throws -> Void) async rethrows {
        let clock = ContinuousClock()
        let start = clock.now
        try await body()
        let parts = start.duration(to: clock.now).components
        milliseconds.append(Double(parts.seconds) * 1e3 + Double(parts.attoseconds) / 1e15)
    }

    var median: Double { quantile(0.5) }
    var p99: Double { quantile(0.99) }

    private func quantile(_ share: Double) -> Double {
        let sorted = milliseconds.sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }
}
