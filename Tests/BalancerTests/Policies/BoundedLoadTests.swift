// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Bounded loads")
struct BoundedLoadTests {
    @Test(
        "no endpoint ever has more than the factor times its share, rounded up",
        arguments: [Maglev(), RingHash()] as [any Policy],
        [1.05, 1.25, 2.0]
    )
    func bound(policy: any Policy, factor: Double) throws {
        let weights: [UInt32] = [1, 1, 1, 1, 2, 4]
        let balancer = try makeBalancer(BoundedLoad(policy, factor: factor), weights: weights)
        let picker = balancer.makePicker()
        var generator = SeededGenerator(seed: 9)
        var active: [Pick<String>] = []
        for _ in 0..<4_000 {
            if generator.unit() < 0.55 || active.isEmpty {
                // A few hot keys, which unbounded hashing would pile up.
                let key = UInt64(generator.index(below: 4)) &* 0x9E37_79B9_7F4A_7C15
                let pick = try #require(picker.pick(PickContext(now: .zero, key: key)))
                active.append(pick)
                let share = Double(try #require(picker.endpoint(of: pick)).weight) / 10
                let bound = Int((factor * Double(active.count) * share).rounded(.up))
                #expect((balancer.inFlight(on: pick.address) ?? 0) <= bound)
            } else {
                balancer.complete(active.remove(at: generator.index(below: active.count)), .success, at: .zero)
            }
        }
    }

    @Test("a key stays where it belongs while there is room")
    func affinity() throws {
        let weights = [UInt32](repeating: 1, count: 8)
        let free = try makeBalancer(.maglev, weights: weights).makePicker()
        let bounded = try makeBalancer(BoundedLoad(.maglev, factor: 1.25), weights: weights).makePicker()
        for key in 0..<200 {
            let key = UInt64(key) &* 0x9E37_79B9_7F4A_7C15
            #expect(bounded.address(key: key) == free.address(key: key))
        }
    }
}
