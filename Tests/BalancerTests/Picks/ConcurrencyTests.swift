// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Picks on several threads")
struct ConcurrencyTests {
    @Test(
        "while endpoints come and go, no request is counted on another's account",
        arguments: [RoundRobin(), LeastRequests(), StaticStride(), Maglev()] as [any Policy]
    )
    func counts(policy: any Policy) async throws {
        let balancer = try makeBalancer(policy, weights: [1, 1, 1, 1, 1, 1])
        let picked = await withTaskGroup(of: Int.self) { group in
            for seed in 0..<3 {
                group.addTask { Self.place(5_000, on: balancer, seed: UInt64(seed)) }
            }
            group.addTask {
                var generator = SeededGenerator(seed: 99)
                for round in 0..<150 {
                    // The places of those that leave are given to newcomers at once.
                    let set = (0..<6).map { Endpoint("\($0)-\(generator.index(below: 2) == 0 ? 0 : round)") }
                    try? balancer.update(set, at: .zero)
                }
                return 0
            }
            return await group.reduce(0, +)
        }
        #expect(picked > 0)
        #expect(balancer.status().allSatisfy { $0.inFlight == 0 })
    }

    /// Picks and completes, a few requests being out at any time.
    private static func place(_ count: Int, on balancer: LoadBalancer<String>, seed: UInt64) -> Int {
        let picker = balancer.makePicker()
        var generator = SeededGenerator(seed: seed)
        var active: [Pick<String>] = []
        var picked = 0
        for _ in 0..<count {
            if let pick = picker.pick(PickContext(now: .zero, key: generator.next())) {
                active.append(pick)
                picked += 1
            }
            if active.count > 4 {
                balancer.complete(active.remove(at: generator.index(below: active.count)), .success, at: .zero)
            }
        }
        for pick in active { balancer.complete(pick, .success, at: .zero) }
        return picked
    }

    @Test("the sum of what pickers placed is what the balancer counted")
    func totals() async throws {
        let balancer = try makeBalancer(.leastRequests(.all), weights: [1, 2, 3, 4])
        let placed = await withTaskGroup(of: Int.self) { group in
            for seed in 0..<4 { group.addTask { Self.place(5_000, on: balancer, seed: UInt64(seed)) } }
            return await group.reduce(0, +)
        }
        #expect(placed == 20_000)
        #expect(balancer.status().reduce(0) { $0 + Int($1.started) } == placed)
        #expect(balancer.status().allSatisfy { $0.inFlight == 0 })
    }
}
