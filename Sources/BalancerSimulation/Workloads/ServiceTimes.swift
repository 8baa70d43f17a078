// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// How much CPU time requests need, in seconds on a core of speed 1.
public struct ServiceTimes: Sendable {
    private enum Kind: Sendable {
        case constant(Double)
        case exponential(Double)
        case clampedNormal(Double)
        case bimodal(short: Double, long: Double, longShare: Double)
        case boundedPareto(shape: Double, least: Double, most: Double)
        case recorded([Double])
    }

    private let kind: Kind
    /// The mean.
    public let mean: Double

    /// Always the same.
    ///
    /// - Parameter seconds: The seconds of each request.
    /// - Returns: The service times.
    public static func constant(_ seconds: Double) -> ServiceTimes {
        ServiceTimes(kind: .constant(seconds), mean: seconds)
    }

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
    ///   - shape: α, above 0; the smaller, the heavier the tail.
    ///   - least: The least seconds.
    ///   - most: The most seconds.
    /// - Returns: The service times.
    public static func boundedPareto(shape: Double, least: Double, most: Double) -> ServiceTimes {
        let ratio = Elementary.pow(least / most, shape)
        let scale = Elementary.pow(least, shape) / (1 - ratio) * shape
        let mean =
            shape == 1
            ? scale * Elementary.log(most / least)
            : scale / (shape - 1) * (1 / Elementary.pow(least, shape - 1) - 1 / Elementary.pow(most, shape - 1))
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
        let values = try RecordedNumbers.read(text, as: "latencies", unit: "milliseconds")
        return .recorded(values.map { $0 / 1_000 })
    }

    /// What is wrong with the numbers, if anything is.
    var problem: String? {
        func isTime(_ seconds: Double) -> Bool { seconds >= 0 && seconds.isFinite }
        switch kind {
        case .constant(let seconds), .exponential(let seconds), .clampedNormal(let seconds):
            return isTime(seconds) ? nil : "its mean is \(seconds) seconds: it must be 0 or more"
        case .bimodal(let short, let long, let share):
            if !isTime(short) || !isTime(long) { return "it takes \(short) or \(long) seconds: both must be 0 or more" }
            return share >= 0 && share <= 1 ? nil : "the share of long ones is \(share): it must be between 0 and 1"
        case .boundedPareto(let shape, let least, let most):
            if !(shape > 0) || !shape.isFinite { return "its shape is \(shape): it must be above 0" }
            return least > 0 && most > least && most.isFinite
                ? nil : "it goes from \(least) to \(most) seconds: these must be above 0 and in order"
        case .recorded(let values):
            return values.isEmpty ? "nothing is recorded" : nil
        }
    }

    /// The work of the next request.
    func draw(_ generator: inout SeededGenerator) -> Double {
        switch kind {
        case .constant(let seconds): return seconds
        case .exponential(let mean): return generator.exponential(mean: mean)
        case .clampedNormal(let mean): return max(0, mean + mean * generator.normal())
        case .bimodal(let short, let long, let share): return generator.unit() < share ? long : short
        case .boundedPareto(let shape, let least, let most):
            let ratio = Elementary.pow(least / most, shape)
            return least / Elementary.pow(1 - generator.unit() * (1 - ratio), 1 / shape)
        case .recorded(let values): return values.isEmpty ? 0 : values[generator.index(below: values.count)]
        }
    }
}
