// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoint's side of Prequal: counts requests in flight and estimates the latency that the next one may expect.
///
/// The estimate is the median latency of recent requests that began with about as many in flight as there are now.
/// Where the nearest that is known began in a larger crowd, its latency is taken in proportion, for in processor sharing a
/// request is slowed by its neighbours. Without that (our addition to the paper) an endpoint that was crowded and then
/// emptied goes on promising its crowded latency, so nobody comes to correct it, and it idles while the others drown.
///
/// Source: Wydrowski et al., NSDI 2024, section 4.1.
public struct ProbeResponder: Sendable {
    private struct Sample: Sendable {
        var inFlight: Int
        var latency: Int64
        var ended: Timestamp

        /// What a request could expect that begins as one of `crowd`, which is no more than this one took.
        func latency(inCrowdOf crowd: Int) -> Int64 {
            guard inFlight > crowd else { return latency }
            return Int64(saturating: Double(latency) * Double(crowd) / Double(inFlight))
        }
    }

    /// A sample as a reply weighs it.
    private struct Neighbour {
        var distance: Int
        var latency: Int64
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
    /// Allocates nothing.
    ///
    /// - Parameter now: The present time.
    /// - Returns: Requests in flight and expected latency; a latency of zero if nothing is known.
    public func reply(at now: Timestamp) -> ProbeReply {
        let expected = withUnsafeTemporaryAllocation(of: Neighbour.self, capacity: Self.neighbours) { nearest in
            let count = gather(nearest, at: now)
            return Self.median(nearest, count: count)
        }
        return ProbeReply(inFlight: inFlight, latency: .nanoseconds(expected))
    }

    /// Puts the samples closest by requests in flight into `nearest`, the closest first and of equals the youngest.
    ///
    /// - Returns: How many there are.
    private func gather(_ nearest: UnsafeMutableBufferPointer<Neighbour>, at now: Timestamp) -> Int {
        let goal = inFlight + 1
        var count = 0
        for age in 0..<samples.count {
            // The youngest sample stands before the place of the next one.
            let index = next - 1 - age
            let sample = samples[index < 0 ? index + samples.count : index]
            guard now.nanoseconds(since: sample.ended) <= lifetime else { continue }
            let distance = abs(sample.inFlight - goal)
            if count == Self.neighbours {
                if distance >= nearest[count - 1].distance { continue }
                count -= 1
            }
            var place = count
            while place > 0, distance < nearest[place - 1].distance {
                nearest[place] = nearest[place - 1]
                place -= 1
            }
            nearest[place] = Neighbour(distance: distance, latency: sample.latency(inCrowdOf: goal))
            count += 1
        }
        return count
    }

    private static func median(_ values: UnsafeMutableBufferPointer<Neighbour>, count: Int) -> Int64 {
        guard count > 0 else { return 0 }
        for index in stride(from: 1, to: count, by: 1) {
            let value = values[index]
            var place = index
            while place > 0, value.latency < values[place - 1].latency {
                values[place] = values[place - 1]
                place -= 1
            }
            values[place] = value
        }
        return values[count / 2].latency
    }
}
