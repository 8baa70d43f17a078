// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Tells when requests come.
struct ArrivalClock {
    /// How soon a rate of zero is looked at again.
    private static let idle: Int64 = 100_000_000

    private let process: ArrivalProcess
    private let rate: Double
    private let profile: (@Sendable (Double) -> Double)?
    private var generator: SeededGenerator
    private var cursor = 0

    init(_ workload: Workload, seed: UInt64) {
        process = workload.arrivals
        rate = workload.arrivalRate
        profile = workload.profile
        generator = SeededGenerator(seed: seed)
    }

    /// When the first requests come: a recorded trace keeps its beginning, the others begin at once.
    var first: Int64 { 0 }

    /// How many requests come now, and when to ask again.
    mutating func next(after now: Int64) -> (requests: Int, next: Int64) {
        let rate = rate * (profile?(Double(now) / 1e9) ?? 1)
        guard rate > 0, rate.isFinite else { return (0, now + Self.idle) }
        let (requests, gap) = process.draw(mean: 1 / rate, cursor: &cursor, &generator)
        return (requests, now + max(1, Int64(saturating: min(gap, 1e9) * 1e9)))
    }
}
