// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Least requests")
struct LeastRequestsTests {
    @Test("a full scan never lets requests in flight differ by more than one")
    func level() throws {
        let balancer = try makeBalancer(.leastRequests(.all), weights: [UInt32](repeating: 1, count: 7))
        let picker = balancer.makePicker()
        var generator = SeededGenerator(seed: 2)
        var active: [Pick<String>] = []
        for _ in 0..<60 { active.append(try #require(picker.pick(PickContext(now: .zero)))) }
        let counts = balancer.status().map(\.inFlight)
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
        for _ in 0..<30 { balancer.complete(active.remove(at: generator.index(below: active.count)), .success) }
        let idlest = try #require(balancer.status().min { $0.inFlight < $1.inFlight })
        let next = try #require(picker.pick(PickContext(now: .zero)))
        #expect(balancer.inFlight(on: next.address) == idlest.inFlight + 1)
    }

    @Test("two choices of n balls into n bins keep the fullest near ln ln n / ln 2")
    func twoChoices() throws {
        func fullest(_ policy: any Policy) throws -> Int {
            let balancer = try makeBalancer(policy, weights: [UInt32](repeating: 1, count: 10_000))
            let picker = balancer.makePicker()
            for _ in 0..<10_000 { _ = picker.pick(PickContext(now: .zero)) }
            return balancer.status().map(\.inFlight).max() ?? 0
        }
        // ln ln 10000 / ln 2 is 3.2, to which a constant comes; one choice gives about ln n / ln ln n: 6 to 8.
        #expect(try fullest(LeastRequests(choices: .two, avoidsFailures: false)) <= 4)
        #expect(try fullest(LeastRequests(choices: .random(3), avoidsFailures: false)) <= 3)
        #expect(try fullest(.random) >= 6)
    }

    @Test("the endpoints compared are never the same twice", arguments: [3, 5, 8])
    func noReplacement(choices: Int) throws {
        // Only endpoint a ever keeps a request, so it could be chosen again only if nothing else were compared.
        let weights = [UInt32](repeating: 1, count: choices)
        let balancer = try makeBalancer(LeastRequests(choices: .random(choices - 1)), weights: weights + [1])
        let picker = balancer.makePicker()
        for _ in 0..<200 {
            guard let pick = picker.pick(PickContext(now: .zero)) else { continue }
            if pick.address != "a" { balancer.complete(pick, .success, at: .zero) }
        }
        #expect((balancer.inFlight(on: "a") ?? 0) <= 2)
    }

    @Test("weights share in proportion while requests are out")
    func weights() throws {
        let balancer = try makeBalancer(.leastRequests(.all), weights: [3, 1])
        let picker = balancer.makePicker()
        for _ in 0..<40 { _ = picker.pick(PickContext(now: .zero)) }
        let counts = balancer.status().map(\.inFlight)
        #expect(abs(counts[0] - 30) <= 1)
    }

    @Test("an endpoint that fails at once does not draw the requests")
    func sinkhole() throws {
        func share(_ policy: LeastRequests) throws -> Double {
            let balancer = try makeBalancer(policy, weights: [1, 1, 1, 1])
            let picker = balancer.makePicker()
            var active: [(Pick<String>, Timestamp)] = []
            var bad = 0
            for step in 0..<2_000 {
                let now = at(Double(step))
                for (pick, end) in active where end <= now { balancer.complete(pick, .success, at: now) }
                active.removeAll { $0.1 <= now }
                let pick = try #require(picker.pick(PickContext(now: now)))
                if pick.address == "a" {
                    bad += 1
                    balancer.complete(pick, .connectionError, at: now)
                } else {
                    active.append((pick, at(Double(step) + 20)))
                }
            }
            return Double(bad) / 2_000
        }
        #expect(try share(LeastRequests(choices: .all, avoidsFailures: false)) > 0.5)
        #expect(try share(LeastRequests(choices: .all)) < 0.05)
    }
}
