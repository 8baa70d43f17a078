// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Elementary functions")
struct ElementaryTests {
    @Test(
        "exp is right to 14 digits",
        arguments: [
            (0, 1), (1, 2.718281828459045), (-1, 0.36787944117144233), (10, 22026.465794806718),
            (-30, 9.357622968840175e-14), (0.3465, 1.4141094938303624), (700, 1.0142320547350045e304),
        ] as [(Double, Double)]
    )
    func exp(x: Double, expected: Double) {
        #expect(abs(Elementary.exp(x) / expected - 1) < 1e-13)
    }

    @Test(
        "log is right to 14 digits",
        arguments: [
            (2, 0.6931471805599453), (10, 2.302585092994046), (0.5, -0.6931471805599453), (1e300, 690.7755278982137),
            (1.5, 0.4054651081081644), (1e-5, -11.512925464970229),
        ] as [(Double, Double)]
    )
    func log(x: Double, expected: Double) {
        #expect(abs(Elementary.log(x) / expected - 1) < 1e-13)
    }

    @Test("the edges are defined")
    func edges() {
        #expect(Elementary.exp(-1_000) == 0)
        #expect(Elementary.exp(1_000) == .infinity)
        #expect(Elementary.exp(-740) > 0)
        #expect(Elementary.log(0) == -.infinity)
        #expect(Elementary.log(-1).isNaN)
        #expect(Elementary.log(1) == 0)
        #expect(abs(Elementary.pow(2, 10) - 1_024) < 1e-9)
        #expect(Elementary.pow(0, 2) == 0)
    }
}
