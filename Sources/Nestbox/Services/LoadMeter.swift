// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Measures how busy a container's processors are, from one look to the next.
struct LoadMeter {
    /// The processors that a container may use.
    let allowance: Double
    private var last: (used: Duration, at: ContinuousClock.Instant)?

    /// Begins to measure.
    ///
    /// - Parameter allowance: The processors that the container may use.
    init(allowance: Double) {
        self.allowance = allowance
    }

    /// Takes note of the processor time used until now.
    ///
    /// - Parameters:
    ///   - used: The time since the container started.
    ///   - now: The present moment.
    /// - Returns: The share of the allowance that was used since the last look; `nil` at the first.
    mutating func utilisation(used: Duration, at now: ContinuousClock.Instant) -> Double? {
        defer { last = (used, now) }
        guard let last, now > last.at else { return nil }
        return max(0, (used - last.used) / (now - last.at) / allowance)
    }
}
