// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// How much CPU time requests need, in seconds on a core of speed 1.
public struct ServiceTimes: Sendable {
    private enum Kind: Sendable {
        case exponential(Double)
        case clampedNormal(Double)
        case bimodal(short: Double, long: Double, longShare: Double)
        case boundedPareto(shape: Double, least: Double, most: Double)
        case recorded([Double])
    }

    private let kind: Kind
    /// The mean.
    public let mean: Double

    /// Always about the same kind of work, exponentially distributed.
    ///
    /// - Parameter mean: The mean in seconds.
    /// - Returns: The service times.
    public static func exponential(mean: Double) -> ServiceTimes {
        ServiceTimes(kind: .exponential(mean), mean: mean)
    }

    /// Normally distributed with a deviation as large as the mean μ; what falls below 0 is 0.
    ///
    /// - Parameter mean: μ, the mean before clamping; after it the mean is 1.0833 times that.
    /// - Returns: The service times.
    public static func clampedNormal(mean: Double) -> ServiceTimes {
        ServiceTimes(kind: .clampedNormal(mean), mean: mean * 1.083_315_47)
    }

    /// Many short requests and a few long ones.
    ///
    /// - Parameters:
    ///   - short: The seconds of a short one.
    ///   - long: The seconds of a long one.
    ///   - longShare: The share of long ones.
    /// - Returns: The service times.
    public static func bimodal(short: Double, long: Double, longShare: Double) -> ServiceTimes {
        ServiceTimes(
            kind: .bimodal(short: short, long: long, longShare: longShare),
            mean: short * (1 - longShare) + long * longShare
        )
    }

    /// Heavy-tailed: a Pareto distribution between two bounds.
    ///
    /// - Parameters:
    ///   - shape: α, not 1; the smaller, the heavier the tail.
    ///   - least: The least seconds.
    ///   - most: The most seconds.
    /// - Returns: The service times.
    public static func boundedPareto(shape: Double, least: Double, most: Double) -> ServiceTimes {
        let ratio = Elementary.pow(least / most, shape)
        let mean =
            Elementary.pow(least, shape) / (1 - ratio) * shape / (shape - 1)
            * (1 / Elementary.pow(least, shape - 1) - 1 / Elementary.pow(most, shape - 1))
        return ServiceTimes(kind: .boundedPareto(shape: shape, least: least, most: most), mean: mean)
    }

    /// Drawn from measured values; negative and not finite ones are left out.
    ///
    /// - Parameter seconds: The measured values.
    /// - Returns: The service times.
    public static func recorded(_ seconds: [Double]) -> ServiceTimes {
        let usable = seconds.filter { $0 >= 0 && $0.isFinite }
        return ServiceTimes(kind: .recorded(usable), mean: usable.reduce(0, +) / Double(max(1, usable.count)))
    }

    /// Reads a file of measured values: one number a line, in milliseconds; empty lines and `#` comments are skipped.
    ///
    /// - Parameter text: The file's text.
    /// - Returns: The service times.
    /// - Throws: `BalancerError` if a line is no number or there is none.
    public static func recorded(parsing text: String) throws(BalancerError) -> ServiceTimes {
        var values: [Double] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let word = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).first
            guard let word else { continue }
            guard let value = Double(word), value >= 0, value.isFinite else {
                throw BalancerError(
                    code: .invalidConfiguration,
                    message: "line \(number + 1) of the latencies is no number of milliseconds: '\(word)'"
                )
            }
            values.append(value / 1_000)
        }
        guard !values.isEmpty else {
            throw BalancerError(code: .invalidConfiguration, message: "there is no latency in the recorded ones")
        }
        return .recorded(values)
    }

    /// The work of the next request.
    func draw(_ generator: inout SeededGenerator) -> Double {
        switch kind {
        case .exponential(let mean): return generator.exponential(mean: mean)
        case .clampedNormal(let mean): return max(0, mean + mean * generator.normal())
        case .bimodal(let short, let long, let share): return generator.unit() < share ? long : short
        case .boundedPareto(let shape, let least, let most):
            let ratio = Elementary.pow(least / most, shape)
            return least / Elementary.pow(1 - generator.unit() * (1 - ratio), 1 / shape)
        case .recorded(let values): return values[generator.index(below: values.count)]
        }
    }
}
