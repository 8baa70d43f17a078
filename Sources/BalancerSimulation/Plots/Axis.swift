// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Maps values to places and finds round numbers for the ticks.
struct Axis {
    /// A place that has a number.
    struct Tick {
        let value: Double
        let text: String
    }

    private let low: Double
    private let high: Double
    private let start: Double
    private let end: Double
    private let isLogarithmic: Bool
    let ticks: [Tick]
    /// Places between the ticks of a logarithmic axis that have a line and no number.
    let minorTicks: [Double]

    /// An axis that holds values.
    init(values: [Double], from start: Double, to end: Double, isLogarithmic: Bool) {
        self.start = start
        self.end = end
        self.isLogarithmic = isLogarithmic
        let usable = isLogarithmic ? values.filter { $0 > 0 } : values
        let (least, most) = (usable.min() ?? 0, usable.max() ?? 1)
        if isLogarithmic {
            let steps = Self.logarithmicSteps(from: max(1e-9, least), to: max(1e-9, most))
            low = steps.first ?? 1
            high = max(steps.last ?? 10, low * 2)
            let isShort = steps.count <= 7
            let named = steps.filter { isShort || Self.isPowerOfTen($0) }
            ticks = named.map { Tick(value: $0, text: Self.text($0)) }
            minorTicks = steps.filter { step in !named.contains(step) }
        } else {
            let step = Self.step((most - least) / 5)
            low = (least / step).rounded(.down) * step
            high = max(low + step, (most / step).rounded(.up) * step)
            ticks = (0...Int(((high - low) / step).rounded())).map { [low] in
                Tick(value: low + Double($0) * step, text: Self.text(low + Double($0) * step))
            }
            minorTicks = []
        }
    }

    /// A linear axis whose ticks are given.
    init(ticks: [Tick], from start: Double, to end: Double) {
        self.start = start
        self.end = end
        isLogarithmic = false
        low = ticks.first?.value ?? 0
        high = max(ticks.last?.value ?? 1, low + 1e-9)
        self.ticks = ticks
        minorTicks = []
    }

    func place(_ value: Double) -> Double {
        let part =
            isLogarithmic
            ? Elementary.log(max(value, low) / low) / Elementary.log(high / low) : (value - low) / (high - low)
        return start + (end - start) * min(1, max(0, part))
    }

    /// A tick's number without needless digits.
    static func text(_ value: Double) -> String {
        let rounded = (value * 1_000).rounded() / 1_000
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }

    private static func isPowerOfTen(_ value: Double) -> Bool {
        let exponent = Elementary.log(value) / Elementary.log(10)
        return abs(exponent - exponent.rounded()) < 1e-6
    }

    /// The numbers 1, 2, 5, 10 … that hold two numbers between them.
    private static func logarithmicSteps(from least: Double, to most: Double) -> [Double] {
        var power = 1.0
        while power > least { power /= 10 }
        while power * 10 <= least { power *= 10 }
        var steps: [Double] = []
        while steps.count < 60 {
            for factor in [1.0, 2, 5] {
                let value = power * factor
                // A step is left out at the bottom if the next one still lies below the least.
                let next = power * (factor == 1 ? 2 : factor == 2 ? 5 : 10)
                if next > least { steps.append(value) }
                if value >= most, steps.count > 1 { return steps }
            }
            power *= 10
        }
        return steps
    }

    /// The next of 1, 2, 5, 10 … that is not below a width.
    private static func step(_ width: Double) -> Double {
        guard width > 0, width.isFinite else { return 1 }
        var power = 1.0
        while power > width { power /= 10 }
        while power * 10 < width { power *= 10 }
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= width } ?? power * 10
    }
}
