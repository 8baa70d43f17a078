// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// How requests follow each other at a given mean rate.
public struct ArrivalProcess: Sendable {
    private enum Kind: Sendable {
        case poisson
        case even
        case bursts(Int)
        /// Gaps in parts of their mean.
        case recorded([Double])
    }

    private let kind: Kind
    /// The mean rate of a recorded trace, in requests per second; the others have none of their own.
    public let recordedRate: Double?

    /// Independently of each other, as those of many users do (a Poisson process).
    public static let poisson = ArrivalProcess(kind: .poisson, recordedRate: nil)
    /// One after the other in equal steps.
    public static let even = ArrivalProcess(kind: .even, recordedRate: nil)

    /// Several at the same instant, independently of other bursts.
    ///
    /// - Parameter size: How many requests a burst has; less than 1 counts as 1.
    /// - Returns: The process.
    public static func bursts(of size: Int) -> ArrivalProcess {
        ArrivalProcess(kind: .bursts(max(1, size)), recordedRate: nil)
    }

    /// As recorded, over and over; with another rate than the recorded one, faster or slower in proportion.
    ///
    /// - Parameter seconds: When each request came, in order.
    /// - Returns: The process.
    /// - Throws: `BalancerError` unless there are two times at least, in order, that are not all the same.
    public static func recorded(_ seconds: [Double]) throws(BalancerError) -> ArrivalProcess {
        guard let first = seconds.first, let last = seconds.last, seconds.count > 1, last > first,
            seconds.allSatisfy(\.isFinite)
        else {
            throw BalancerError(
                code: .invalidConfiguration,
                message: "a recorded trace needs the times of two requests at least, over more than an instant"
            )
        }
        let mean = (last - first) / Double(seconds.count - 1)
        var gaps: [Double] = []
        gaps.reserveCapacity(seconds.count)
        for (index, pair) in zip(seconds, seconds.dropFirst()).enumerated() {
            guard pair.1 >= pair.0 else {
                throw BalancerError(
                    code: .invalidConfiguration,
                    message: "request \(index + 2) of the recorded trace comes before the one above it"
                )
            }
            gaps.append((pair.1 - pair.0) / mean)
        }
        // From the last to the first of the next round.
        gaps.append(1)
        return ArrivalProcess(kind: .recorded(gaps), recordedRate: 1 / mean)
    }

    /// Reads a trace: a time in seconds a line, in order; empty lines and `#` comments are skipped.
    ///
    /// - Parameter text: The trace's text.
    /// - Returns: The process.
    /// - Throws: `BalancerError` that names the line which is no time, or says what the trace lacks.
    public static func recorded(parsing text: String) throws(BalancerError) -> ArrivalProcess {
        try recorded(try RecordedNumbers.read(text, as: "arrivals", unit: "seconds"))
    }

    /// How many requests come at once, and the seconds until the next.
    func draw(mean: Double, cursor: inout Int, _ generator: inout SeededGenerator) -> (requests: Int, gap: Double) {
        switch kind {
        case .poisson: return (1, generator.exponential(mean: mean))
        case .even: return (1, mean)
        case .bursts(let size): return (size, generator.exponential(mean: mean * Double(size)))
        case .recorded(let gaps):
            let gap = gaps[cursor]
            cursor = cursor + 1 == gaps.count ? 0 : cursor + 1
            return (1, gap * mean)
        }
    }
}
