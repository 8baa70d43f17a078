// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a container uses, measured again and again until its program has ended.
///
/// The first measurement is made at once, each further one an interval after the one before. It is made by whoever asks
/// for it: a slow reader gets fewer, and nothing runs while nobody asks.
public struct UsageSequence: AsyncSequence, Sendable {
    /// A measurement.
    public typealias Element = ResourceUsage

    let interval: Duration
    let hasEnded: @Sendable () -> Bool
    let measure: @Sendable () throws -> ResourceUsage

    /// Makes an iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(sequence: self)
    }

    /// Waits and measures.
    public struct Iterator: AsyncIteratorProtocol {
        let sequence: UsageSequence
        private var next: ContinuousClock.Instant?

        init(sequence: UsageSequence) {
            self.sequence = sequence
        }

        /// The next measurement, or `nil` once the program has ended.
        ///
        /// - Throws: ``ContainerError`` if the control groups can't be read, or `CancellationError`.
        public mutating func next() async throws -> ResourceUsage? {
            let clock = ContinuousClock()
            if let next { try await Task.sleep(until: next, clock: clock) }
            next = clock.now.advanced(by: sequence.interval)
            if sequence.hasEnded() { return nil }
            do {
                return try sequence.measure()
            } catch {
                // The groups may go with the container between the question and the reading.
                if sequence.hasEnded() { return nil }
                throw error
            }
        }
    }
}

extension Container {
    /// What the container uses, measured at an interval until its program has ended.
    ///
    /// - Parameter interval: The time between two measurements; 1 s by default.
    /// - Returns: The measurements.
    public func usage(every interval: Duration = .seconds(1)) -> UsageSequence {
        UsageSequence(
            interval: interval,
            hasEnded: { self.process.status != nil },
            measure: { try self.usage() }
        )
    }
}
