// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import BalancerSimulation
import Testing

/// What policies promise about where requests go, without time.
@Suite("Placement")
struct PlacementTests {
    @Test(
        "two choices: with as many requests as endpoints the most on one grows as ln ln n / ln 2",
        arguments: [(100, 2.2), (1_000, 2.8), (10_000, 3.2)]
    )
    func twoChoices(endpoints: Int, law: Double) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            let most = try Placement(requests: endpoints, on: endpoints, by: .leastRequests, seed: seed).most
            // The law (Azar et al., 1994) holds up to a constant, which stays within one here.
            #expect(Double(most) >= law - 1 && Double(most) <= law + 1)
        }
    }

    @Test("one random choice has far more on its fullest endpoint, as ln n / ln ln n", arguments: [1_000, 10_000])
    func random(endpoints: Int) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            let one = try Placement(requests: endpoints, on: endpoints, by: .random, seed: seed)
            #expect(one.most >= 5)
            #expect(one.counts.reduce(0, +) == endpoints)
        }
    }

    @Test("Maglev moves few more keys than the ideal 1/n when an endpoint leaves", arguments: [3, 10, 50])
    func maglev(endpoints: Int) throws {
        let moved = try Placement.moved(by: 1, of: endpoints, keys: 20_000, policy: .maglev, seed: 7)
        let ideal = 1 / Double(endpoints)
        #expect(moved > 0.8 * ideal)
        #expect(moved < ideal + 0.04)
    }

    @Test("a ring of fixed size moves more than its share, since those who stay get new places on it")
    func ring() throws {
        let moved = try Placement.moved(by: 4, of: 10, keys: 20_000, policy: .ringHash, seed: 7)
        #expect(moved > 0.05 && moved < 0.35)
    }

    @Test("bounded loads never exceed ⌈(1 + ε) · mean⌉", arguments: [1.05, 1.25, 2.0])
    func bounded(factor: Double) throws {
        for requests in [10, 1_000, 7_777] {
            let placement = try Placement(
                requests: requests,
                on: 20,
                by: try BoundedLoad(Maglev(), factor: factor),
                seed: 3
            )
            #expect(placement.counts.reduce(0, +) == requests)
            #expect(Double(placement.most) <= (factor * Double(requests) / 20).rounded(.up))
        }
    }
}
