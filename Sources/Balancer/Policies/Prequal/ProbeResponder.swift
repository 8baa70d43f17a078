// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoint's side of Prequal: counts requests in flight and estimates the latency that the next one may expect.
///
/// The estimate is the median latency of recent requests that began with about as many in flight as there are now.
///
/// Source: Wydrowski et al., NSDI 2024, section 4.1.
public struct ProbeResponder: Sendable {
    private struct Sample: Sendable {
        var inFlight: Int
        var latency: Int64
        var ended: Timestamp
    }

    /// How many of the samples closest by requests in flight make the median.
    private static let neighbours = 9

    /// Requests that began and have not ended.
    public private(set) var inFlight = 0
    private var samples: [Sample] = []
    private var next = 0
    private let capacity: Int
    private let lifetime: Int64

    /// Creates a responder.
    ///
    /// - Parameters:
    ///   - capacity: How many of the last requests are remembered.
    ///   - lifetime: After how long a request is forgotten.
    public init(capacity: Int = 64, lifetime: Duration = .seconds(30)) {
        self.capacity = max(1, capacity)
        self.lifetime = lifetime.wholeNanoseconds
        samples.reserveCapacity(self.capacity)
    }

    /// Notes that a request begins.
    ///
    /// - Returns: The number in flight with it, to be handed to ``end(begunWith:latency:at:)``.
    public mutating func begin() -> Int {
        inFlight += 1
        return inFlight
    }

    /// Notes that a request ended.
    ///
    /// - Parameters:
    ///   - begun: What ``begin()`` returned for it.
    ///   - latency: How long it took.
    ///   - now: The present time.
    public mutating func end(begunWith begun: Int, latency: Duration, at now: Timestamp) {
        inFlight = max(0, inFlight - 1)
        let sample = Sample(inFlight: begun, latency: max(0, latency.wholeNanoseconds), ended: now)
        if samples.count < capacity {
            samples.append(sample)
        } else {
            samples[next] = sample
            next = (next + 1) % capacity
        }
    }

    /// Forgets a request that was cancelled, without a sample.
    public mutating func cancel() {
        inFlight = max(0, inFlight - 1)
    }

    /// The answer to a probe.
    ///
    /// - Parameter now: The present time.
    /// - Returns: Requests in flight and expected latency; a latency of zero if nothing is known.
    public func reply(at now: Timestamp) -> ProbeReply {
        let goal = inFlight + 1
        let recent = samples.filter { now.nanoseconds(since: $0.ended) <= lifetime }
        let nearest = recent.sorted {
            let (left, right) = (abs($0.inFlight - goal), abs($1.inFlight - goal))
            return left == right ? $0.ended > $1.ended : left < right
        }
        let latencies = nearest.prefix(Self.neighbours).map(\.latency).sorted()
        let median = latencies.isEmpty ? 0 : latencies[latencies.count / 2]
        return ProbeReply(inFlight: inFlight, latency: .nanoseconds(median))
    }
}
