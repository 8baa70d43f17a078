// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Weighted round robins")
struct WeightedTests {
    @Test("smooth weights 5, 1, 1 give a a b a c a a, as nginx answers")
    func smooth() throws {
        let picker = try makeBalancer(.smoothWeighted, weights: [5, 1, 1]).makePicker()
        #expect(picker.sequence(14).joined() == "aabacaa" + "aabacaa")
    }

    @Test("smooth weights keep their credits when the set changes")
    func smoothContinues() throws {
        let balancer = try makeBalancer(.smoothWeighted, weights: [5, 1, 1])
        let picker = balancer.makePicker()
        #expect(picker.sequence(3).joined() == "aab")
        try balancer.apply([.setHealth(id: "a", .healthy)])
        #expect(picker.sequence(4).joined() == "acaa")
    }

    @Test("deadlines give each endpoint its share, equal ones to who waits longer")
    func deadlines() throws {
        let picker = try makeBalancer(EarliestDeadline(startsAtRandom: false), weights: [4, 2, 1]).makePicker()
        #expect(picker.sequence(14).joined() == "abaacba" + "abaacba")
    }

    @Test(
        "the static stride goes as gRPC's formula says",
        arguments: [
            ([1, 2, 3], "bccabcbccabcbccabc"), ([5, 1, 1], "acaabaaacaabaa"), ([1, 1, 1], "abcabc"),
            ([4, 1], "aabaaaabaa"),
        ] as [([UInt32], String)]
    )
    func stride(weights: [UInt32], expected: String) throws {
        let picker = try makeBalancer(StaticStride(startsAtRandom: false), weights: weights).makePicker()
        #expect(picker.sequence(expected.count).joined() == expected)
    }

    @Test(
        "over a whole cycle every endpoint gets exactly its weight",
        arguments: [SmoothWeighted(), EarliestDeadline()] as [any Policy],
        [[5, 1, 1], [1, 2, 3, 4], [7, 7], [1], [100, 1]] as [[UInt32]]
    )
    func exactShares(policy: any Policy, weights: [UInt32]) throws {
        let picker = try makeBalancer(policy, weights: weights).makePicker()
        let cycle = Int(weights.reduce(0, +))
        let counts = picker.counts(cycle * 10)
        for (index, weight) in weights.enumerated() {
            #expect(abs((counts[name(index)] ?? 0) - Int(weight) * 10) <= 1)
        }
    }

    @Test("no prefix of a smooth schedule is further from the shares than one turn per endpoint")
    func smoothPrefix() throws {
        let weights: [UInt32] = [7, 5, 3, 2, 1]
        let picker = try makeBalancer(.smoothWeighted, weights: weights).makePicker()
        var counts: [String: Int] = [:]
        for turn in 1...180 {
            counts[picker.sequence(1)[0], default: 0] += 1
            for (index, weight) in weights.enumerated() {
                let due = Double(turn) * Double(weight) / 18
                #expect(abs(Double(counts[name(index)] ?? 0) - due) <= 2)
            }
        }
    }

    @Test("a static stride holds extreme weights to 0.01 ... 10 times the mean")
    func strideBounds() throws {
        let weights: [UInt32] = [.max] + [UInt32](repeating: 1, count: 99)
        let counts = try makeBalancer(StaticStride(), weights: weights).makePicker().counts(200_000)
        #expect(counts.count == 100)
        let heavy = Double(counts["a"] ?? 0) / 200_000
        #expect(heavy > 0.9)
        #expect((counts["b"] ?? 0) > 0)
    }

    @Test(
        "weight 0 takes nothing, and nothing else than weight 0 is no endpoint at all",
        arguments: [RoundRobin(), SmoothWeighted(), StaticStride(), WeightedRandom(), Maglev()] as [any Policy]
    )
    func zeroWeight(policy: any Policy) throws {
        #expect(try makeBalancer(policy, weights: [0, 3, 0]).makePicker().counts(50) == ["b": 50])
        #expect(try makeBalancer(policy, weights: [0, 0]).makePicker().pick() == nil)
    }
}
