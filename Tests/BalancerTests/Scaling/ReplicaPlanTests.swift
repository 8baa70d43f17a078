// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Replica plan")
struct ReplicaPlanTests {
    @Test("scaling in drains the idlest, and ends it only when its last request has ended")
    func drains() throws {
        let balancer = try makeBalancer(RoundRobin(startsAtRandom: false), weights: [1, 1, 1])
        let picker = balancer.makePicker()
        let picks = (0..<5).compactMap { _ in picker.pick(PickContext(now: .zero)) }
        var plan = ReplicaPlan()
        let first = plan.steps(towards: 2, replicas: balancer.status(), at: at(0))
        #expect(first.drain == ["c"] && first.stop.isEmpty)
        try balancer.apply(first.drain.map { .setDraining(id: $0, true) }, at: at(0))
        let waiting = plan.steps(towards: 2, replicas: balancer.status(), at: at(1_000))
        #expect(waiting == ReplicaPlan.Steps())
        for pick in picks where pick.address == "c" { balancer.complete(pick, .success, at: at(2_000)) }
        let done = plan.steps(towards: 2, replicas: balancer.status(), at: at(3_000))
        #expect(done.stop == ["c"])
    }

    @Test("a replica that drains is taken back before a new one is started")
    func restores() throws {
        let balancer = try makeBalancer(.roundRobin, weights: [1, 1, 1])
        var plan = ReplicaPlan()
        let leaving = plan.steps(towards: 2, replicas: balancer.status(), at: .zero)
        try balancer.apply(leaving.drain.map { .setDraining(id: $0, true) })
        let back = plan.steps(towards: 5, replicas: balancer.status(), at: at(10))
        #expect(back.restore == leaving.drain)
        #expect(back.start == 2)
        try balancer.apply(back.restore.map { .setDraining(id: $0, false) })
        let waiting = plan.steps(towards: 5, replicas: balancer.status(), starting: 2, at: at(20))
        #expect(waiting == ReplicaPlan.Steps())
    }

    @Test("a deadline ends what does not end by itself")
    func deadline() throws {
        let balancer = try makeBalancer(.roundRobin, weights: [1])
        _ = balancer.makePicker().pick(PickContext(now: .zero))
        var plan = ReplicaPlan(deadline: .seconds(30))
        let first = plan.steps(towards: 0, replicas: balancer.status(), at: .zero)
        try balancer.apply(first.drain.map { .setDraining(id: $0, true) })
        let early = plan.steps(towards: 0, replicas: balancer.status(), at: at(29_000))
        let late = plan.steps(towards: 0, replicas: balancer.status(), at: at(30_000))
        #expect(early.stop.isEmpty && late.stop == ["a"])
    }
}
