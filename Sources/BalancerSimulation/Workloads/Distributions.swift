// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

extension SeededGenerator {
    /// An exponentially distributed number.
    mutating func exponential(mean: Double) -> Double {
        -mean * Elementary.log(1 - unit())
    }

    /// A normally distributed number with mean 0 and deviation 1 (Marsaglia's polar method).
    mutating func normal() -> Double {
        while true {
            let x = 2 * unit() - 1
            let y = 2 * unit() - 1
            let square = x * x + y * y
            if square > 0, square < 1 {
                return x * (-2 * Elementary.log(square) / square).squareRoot()
            }
        }
    }

    /// A number of the Beta(2, 3) distribution: the second smallest of four uniform ones.
    mutating func beta23() -> Double {
        var least = 2.0
        var second = 2.0
        for _ in 0..<4 {
            let value = unit()
            if value < least {
                second = least
                least = value
            } else if value < second {
                second = value
            }
        }
        return second
    }
}
