// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Maps values to places and finds round numbers for the ticks.
struct Axis {
    private let low: Double
    private let high: Double
    private let start: Double
    private let end: Double
    private let isLogarithmic: Bool
    let ticks: [Double]

    init(values: [Double], from start: Double, to end: Double, isLogarithmic: Bool) {
        self.start = start
        self.end = end
        self.isLogarithmic = isLogarithmic
        let usable = isLogarithmic ? values.filter { $0 > 0 } : values
        let (least, most) = (usable.min() ?? 0, usable.max() ?? 1)
        if isLogarithmic {
            let powers = Self.powers(from: max(1e-9, least), to: max(1e-9, most))
            low = powers.first ?? 1
            high = max(powers.last ?? 10, low * 10)
            ticks = powers
        } else {
            let step = Self.step((most - least) / 5)
            low = (least / step).rounded(.down) * step
            high = max(low + step, (most / step).rounded(.up) * step)
            ticks = (0...Int(((high - low) / step).rounded())).map { [low] in low + Double($0) * step }
        }
    }

    func place(_ value: Double) -> Double {
        let part =
            isLogarithmic
            ? Elementary.log(max(value, low) / low) / Elementary.log(high / low) : (value - low) / (high - low)
        return start + (end - start) * min(1, max(0, part))
    }

    /// A tick's number without needless digits.
    static func text(_ value: Double) -> String {
        let hundredths = (value * 100).rounded() / 100
        return hundredths == hundredths.rounded() && abs(hundredths) < 1e15 ? "\(Int(hundredths))" : "\(hundredths)"
    }

    /// The powers of ten that hold two numbers between them.
    private static func powers(from least: Double, to most: Double) -> [Double] {
        var power = 1.0
        while power > least { power /= 10 }
        while power * 10 <= least { power *= 10 }
        var powers = [power]
        while power < most, powers.count < 20 {
            power *= 10
            powers.append(power)
        }
        return powers
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
