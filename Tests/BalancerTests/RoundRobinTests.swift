// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Round robin")
struct RoundRobinTests {
    private func balancer(_ names: [String]) throws -> LoadBalancer<String> {
        try LoadBalancer(policy: RoundRobin(startsAtRandom: false), endpoints: names.map { Endpoint($0) })
    }

    private func names(_ picker: Picker<String>, _ count: Int) -> [String] {
        (0..<count).compactMap { _ in picker.pick()?.address }
    }

    @Test("takes each endpoint in turn")
    func turns() throws {
        let picker = try balancer(["a", "b", "c"]).makePicker()
        #expect(names(picker, 7) == ["a", "b", "c", "a", "b", "c", "a"])
    }

    @Test("goes on where it stood when the set changes")
    func continues() throws {
        let balancer = try balancer(["a", "b", "c"])
        let picker = balancer.makePicker()
        #expect(names(picker, 2) == ["a", "b"])
        try balancer.update(["x", "a", "b", "c"].map { Endpoint($0) })
        #expect(names(picker, 3) == ["c", "x", "a"])
    }

    @Test("loops start at different endpoints, yet the same ones for the same seed")
    func starts() throws {
        func firsts() throws -> [String] {
            let balancer = try LoadBalancer(policy: .roundRobin, endpoints: (0..<50).map { Endpoint("\($0)") })
            return (0..<8).compactMap { _ in balancer.makePicker().pick()?.address }
        }
        #expect(Set(try firsts()).count > 4)
        #expect(try firsts() == firsts())
    }

    @Test("an empty set is refused, and so is one that drains")
    func empty() throws {
        let balancer = try balancer([])
        let picker = balancer.makePicker()
        #expect(picker.pick() == nil)
        try balancer.apply([.add(Endpoint("a")), .setDraining(id: "a", true)])
        guard case .refused(let reason) = picker.decide(PickContext(now: .zero)) else {
            Issue.record("a draining endpoint was picked")
            return
        }
        #expect(reason == .noneEligible)
    }
}
