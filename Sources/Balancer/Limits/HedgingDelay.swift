// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How long to wait for an answer before the same request is sent to a second endpoint: a percentile of past latencies.
///
/// With the 95th percentile about one request in twenty is sent twice, and the slowest answers are cut short.
///
/// Source: Dean and Barroso, "The tail at scale", CACM 2013.
public struct HedgingDelay: Sendable {
    /// The percentile of latency at which to hedge, from 0 to 1.
    public let percentile: Double
    /// Over which time latencies count; between one and two windows.
    public let window: Duration
    /// The delay until there are enough latencies to tell.
    public let initial: Duration
    /// How many latencies are enough.
    private static let enough = 20

    private var present = LatencyHistogram()
    private var past = LatencyHistogram()
    private var windowEnd: Timestamp?

    /// Creates a delay.
    ///
    /// - Parameters:
    ///   - percentile: The percentile of latency at which to hedge, held to 0 ... 1.
    ///   - window: Over which time latencies count.
    ///   - initial: The delay until there are enough latencies to tell.
    public init(percentile: Double = 0.95, window: Duration = .seconds(30), initial: Duration = .milliseconds(100)) {
        self.percentile = percentile.isNaN ? 0.95 : min(1, max(0, percentile))
        self.window = max(.milliseconds(1), window)
        self.initial = max(.zero, initial)
    }

    /// Takes in the latency of a request that was answered.
    ///
    /// - Parameters:
    ///   - latency: How long the answer took.
    ///   - now: The present time.
    public mutating func record(_ latency: Duration, at now: Timestamp) {
        if let end = windowEnd, now >= end {
            past = now >= end + window ? LatencyHistogram() : present
            present = LatencyHistogram()
            windowEnd = now + window
        } else if windowEnd == nil {
            windowEnd = now + window
        }
        present.record(latency.wholeNanoseconds)
    }

    /// The delay now.
    public var delay: Duration {
        let all = present.merged(with: past)
        return all.count < Self.enough ? initial : .nanoseconds(all.quantile(percentile))
    }
}
