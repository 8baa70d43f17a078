// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Fairness")
struct FairnessTests {
    @Test("no endpoint starves, whatever its weight beside the others'", arguments: EveryPolicy.plain)
    func starvation(subject: EveryPolicy) throws {
        // Prequal, and policies by report or latency, send where they know most; without news all are alike to them.
        let balancer = try makeBalancer(subject.policy, weights: [1, 2, 3, 4, 5, 6, 7, 8])
        let picker = balancer.makePicker()
        var generator = SeededGenerator(seed: 4)
        var counts: [String: Int] = [:]
        var active: [Pick<String>] = []
        for _ in 0..<8_000 {
            let pick = try #require(picker.pick(PickContext(now: .zero, key: generator.next())))
            counts[pick.address, default: 0] += 1
            active.append(pick)
            if active.count > 40 { balancer.complete(active.removeFirst(), .success, at: .zero) }
        }
        #expect(counts.count == 8)
        // The lightest has 1 of 36 shares: 222 of 8,000. A quarter of that is far outside of chance.
        #expect(counts.values.allSatisfy { $0 > 55 })
    }

    @Test(
        "between two turns of an endpoint no more than its share of others come, and a few",
        arguments: [SmoothWeighted(), EarliestDeadline(), StaticStride()] as [any Policy]
    )
    func gaps(policy: any Policy) throws {
        let weights: [UInt32] = [1, 2, 4, 8]
        let picker = try makeBalancer(policy, weights: weights).makePicker()
        var last: [String: Int] = [:]
        for (turn, address) in picker.sequence(3_000).enumerated() {
            if let before = last[address] {
                let index = Int(address.utf8.first ?? 0) - 97
                #expect(Double(turn - before) <= 15 / Double(weights[index]) * 2 + 4)
            }
            last[address] = turn
        }
    }

    @Test("two choices share within 5 standard deviations of equal", arguments: [2, 3])
    func choices(number: Int) throws {
        // Chance exceeds 5 standard deviations once in 1.7 million; the seed is fixed besides.
        let policy = LeastRequests(choices: .random(number))
        let counts = try makeBalancer(policy, weights: [UInt32](repeating: 1, count: 10)).makePicker().counts(20_000)
        let deviation = (20_000.0 * 0.1 * 0.9).squareRoot()
        #expect(counts.count == 10)
        #expect(counts.values.allSatisfy { abs(Double($0) - 2_000) <= 5 * deviation })
    }

    @Test("equal seeds and equal calls give equal picks", arguments: EveryPolicy.all)
    func determinism(subject: EveryPolicy) throws {
        func run(seed: UInt64) throws -> [String] {
            var configuration = BalancerConfiguration()
            configuration.seed = seed
            let balancer = try makeBalancer(subject.policy, weights: [3, 1, 2, 5, 4, 4, 4, 4], configuration)
            return balancer.makePicker().sequence(200)
        }
        #expect(try run(seed: 1) == run(seed: 1))
    }
}
