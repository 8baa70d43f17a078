// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How an endpoint that joined or recovered is given its weight by degrees.
///
///     weight · max(minimum, (age / window)^(1 / aggression))
///
/// Weighted policies heed it; so do ``RoundRobin`` and ``LeastRequests``.
///
/// Source: Envoy, "Slow start mode".
public struct SlowStart: Hashable, Sendable {
    /// How long it takes to the whole weight.
    public var window: Duration
    /// 1 grows in proportion to time, more grows fast at first, less grows late.
    public var aggression: Double
    /// The share of the weight to begin with.
    public var minimum: Double

    /// Creates a slow start.
    ///
    /// - Parameters:
    ///   - window: How long it takes to the whole weight.
    ///   - aggression: 1 grows in proportion to time; not above 0 or not finite counts as 1.
    ///   - minimum: The share of the weight to begin with, held to 0.001 ... 1.
    public init(window: Duration, aggression: Double = 1, minimum: Double = 0.1) {
        self.window = max(.zero, window)
        self.aggression = aggression > 0 && aggression.isFinite ? aggression : 1
        self.minimum = minimum.isNaN ? 0.1 : min(1, max(0.001, minimum))
    }

    /// The share of its weight that an endpoint has.
    ///
    /// - Parameter age: The time since it joined or recovered.
    /// - Returns: From the minimum to 1.
    public func ramp(age: Duration) -> Double {
        guard age < window else { return 1 }
        let part = Double(max(0, age.wholeNanoseconds)) / Double(window.wholeNanoseconds)
        return min(1, max(minimum, Elementary.pow(part, 1 / aggression)))
    }
}
