// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Random policies")
struct RandomTests {
    @Test("uniform draws pass a chi-squared test at 99.9 %")
    func uniform() throws {
        let counts = try makeBalancer(.random, weights: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).makePicker().counts(50_000)
        let observed = (0..<10).map { counts[name($0)] ?? 0 }
        // 9 degrees of freedom.
        #expect(chiSquared(observed, expected: [Double](repeating: 5_000, count: 10)) < 27.88)
    }

    @Test("weighted draws pass a chi-squared test at 99.9 %")
    func weighted() throws {
        let weights: [UInt32] = [1, 2, 3, 4, 10, 20]
        let counts = try makeBalancer(.weightedRandom, weights: weights).makePicker().counts(80_000)
        // 5 degrees of freedom.
        #expect(
            chiSquared((0..<6).map { counts[name($0)] ?? 0 }, expected: weights.map { Double($0) * 2_000 }) < 20.52
        )
    }

    @Test("one seed gives one sequence, another seed another")
    func seeds() throws {
        func sequence(_ seed: UInt64) throws -> [String] {
            var configuration = BalancerConfiguration()
            configuration.seed = seed
            return try makeBalancer(.random, weights: [1, 1, 1, 1, 1, 1], configuration).makePicker().sequence(40)
        }
        #expect(try sequence(1) == sequence(1))
        #expect(try sequence(1) != sequence(2))
    }

    @Test("the generator is SplitMix64")
    func splitMix() {
        var generator = SeededGenerator(seed: 1_234_567)
        let first = (0..<3).map { _ in generator.next() }
        #expect(first == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }
}
