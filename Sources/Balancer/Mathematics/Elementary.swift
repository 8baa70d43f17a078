// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The elementary functions that balancing needs, computed by basic arithmetic alone.
///
/// The standard library has none of them, and those of the C libraries differ in their last bits: with these, one seed
/// gives one result on every platform. The relative error is below 1e-14.
package enum Elementary {
    private static let ln2High = 6.93147180369123816490e-01
    private static let ln2Low = 1.90821492927058770002e-10

    /// e to the power of `x`.
    package static func exp(_ x: Double) -> Double {
        if x.isNaN { return x }
        if x > 709.78 { return .infinity }
        if x < -745 { return 0 }
        let k = (x * 1.44269504088896340736).rounded()
        let r = (x - k * ln2High) - k * ln2Low
        // |r| is at most 0.347, for which 13 terms of the series suffice.
        var sum = 1.0 / 6_227_020_800
        sum = sum * r + 1.0 / 479_001_600
        sum = sum * r + 1.0 / 39_916_800
        sum = sum * r + 1.0 / 3_628_800
        sum = sum * r + 1.0 / 362_880
        sum = sum * r + 1.0 / 40_320
        sum = sum * r + 1.0 / 5_040
        sum = sum * r + 1.0 / 720
        sum = sum * r + 1.0 / 120
        sum = sum * r + 1.0 / 24
        sum = sum * r + 1.0 / 6
        sum = sum * r + 0.5
        sum = sum * r + 1
        sum = sum * r + 1
        return scale(sum, by: Int(k))
    }

    /// The natural logarithm of `x`; minus infinity for 0, NaN below.
    package static func log(_ x: Double) -> Double {
        guard x > 0 else { return x == 0 ? -.infinity : .nan }
        guard x.isFinite else { return x }
        var exponent = Double(x.exponent)
        var fraction = x.significand
        if fraction > 1.41421356237309504880 {
            fraction /= 2
            exponent += 1
        }
        // log f = 2 atanh((f - 1) / (f + 1)), whose argument is at most 0.172.
        let z = (fraction - 1) / (fraction + 1)
        let square = z * z
        var sum = 0.0
        var n = 19.0
        while n >= 1 {
            sum = 1 / n + square * sum
            n -= 2
        }
        return exponent * ln2High + (2 * z * sum + exponent * ln2Low)
    }

    /// `base` to the power of `exponent`, for a base that is not negative.
    package static func pow(_ base: Double, _ exponent: Double) -> Double {
        if exponent == 1 { return base }
        if exponent == 0 { return 1 }
        if base <= 0 { return exponent > 0 ? 0 : .infinity }
        return exp(exponent * log(base))
    }

    private static func scale(_ value: Double, by power: Int) -> Double {
        if power < -1_000 {
            return value * Double(sign: .plus, exponent: power + 200, significand: 1) * 0x1p-200
        }
        return Double(sign: .plus, exponent: power, significand: value)
    }
}
