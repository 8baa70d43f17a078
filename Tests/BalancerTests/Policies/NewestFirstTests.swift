// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Newest first")
struct NewestFirstTests {
    /// Four endpoints with ten requests each, and a fifth that joins at one second.
    private func scaledUp(ramp: Duration = .zero) throws -> (LoadBalancer<String>, Picker<String>) {
        let balancer = try makeBalancer(NewestFirst(.roundRobin, ramp: ramp), weights: [1, 1, 1, 1])
        let picker = balancer.makePicker()
        for _ in 0..<40 { _ = picker.pick(PickContext(now: .zero)) }
        try balancer.apply([.add(Endpoint("new"))], at: at(1_000))
        return (balancer, picker)
    }

    @Test("the newcomer gets every request until it is level with the rest, and then its turn")
    func fills() throws {
        let (balancer, picker) = try scaledUp()
        let first = (0..<8).compactMap { _ in picker.pick(PickContext(now: at(1_001)))?.address }
        #expect(first == [String](repeating: "new", count: 8))
        for _ in 0..<100 { _ = picker.pick(PickContext(now: at(1_002))) }
        let counts = balancer.status().map(\.inFlight)
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 8)
        #expect((balancer.inFlight(on: "new") ?? 0) <= 30)
    }

    @Test("however many requests come at once, the newcomer never has more than the mean by its own preference")
    func neverFlooded() throws {
        let balancer = try makeBalancer(NewestFirst(LeastRequests(choices: .all)), weights: [1, 1, 1, 1])
        let picker = balancer.makePicker()
        for _ in 0..<40 { _ = picker.pick(PickContext(now: .zero)) }
        try balancer.apply([.add(Endpoint("new"))], at: at(1_000))
        for total in 41...500 {
            _ = picker.pick(PickContext(now: at(1_000)))
            let mean = Double(total) / 5
            #expect(Double(balancer.inFlight(on: "new") ?? 0) <= mean.rounded(.up))
        }
    }

    @Test("whatever the policy underneath believes of it, the newcomer gets no more than its share")
    func boundsTheInnerPolicy() throws {
        for policy in [LowestReported(), RoundRobin()] as [any Policy] {
            let balancer = try makeBalancer(NewestFirst(policy), weights: [1, 1, 1, 1])
            let picker = balancer.makePicker()
            for status in balancer.status() {
                balancer.report(LoadReport(cpuUtilisation: 0.9, requestsPerSecond: 10), from: status.id, at: .zero)
            }
            for _ in 0..<40 { _ = picker.pick(PickContext(now: .zero)) }
            try balancer.apply([.add(Endpoint("new"))], at: at(1_000))
            balancer.report(LoadReport(cpuUtilisation: 0, requestsPerSecond: 10), from: "new", at: at(1_000))
            for total in 41...500 {
                #expect(picker.pick(PickContext(now: at(1_000))) != nil)
                let mean = Double(total) / 5
                #expect(Double(balancer.inFlight(on: "new") ?? 0) <= mean.rounded(.up))
            }
        }
    }

    @Test("a newcomer that is alone gets what comes, share or not")
    func alone() throws {
        let balancer = try makeBalancer(NewestFirst(.roundRobin, ramp: .seconds(10)), weights: [1])
        try balancer.apply([.add(Endpoint("new"))], at: at(1_000))
        let old = try #require(balancer.status().first { $0.id != "new" })
        try balancer.apply([.remove(id: old.id)], at: at(1_001))
        let picker = balancer.makePicker()
        for _ in 0..<20 { #expect(picker.pick(PickContext(now: at(1_002)))?.address == "new") }
    }

    @Test("a ramp lets the newcomer in by degrees")
    func ramp() throws {
        let (balancer, picker) = try scaledUp(ramp: .seconds(10))
        for _ in 0..<8 { _ = picker.pick(PickContext(now: at(2_000))) }
        // A tenth of the mean of about 9, and then its turns.
        #expect((balancer.inFlight(on: "new") ?? 0) <= 3)
    }

    @Test("of two newcomers the newest comes first")
    func newest() throws {
        let (balancer, picker) = try scaledUp()
        try balancer.apply([.add(Endpoint("newest"))], at: at(1_500))
        #expect(picker.pick(PickContext(now: at(1_501)))?.address == "newest")
    }

    @Test("the endpoints of the beginning are nobody's newcomers, and a newcomer is one for a while only")
    func window() throws {
        let balancer = try makeBalancer(NewestFirst(RoundRobin(startsAtRandom: false)), weights: [1, 1])
        let picker = balancer.makePicker()
        #expect(picker.sequence(4).joined() == "abab")
        for _ in 0..<20 { _ = picker.pick(PickContext(now: .zero)) }
        try balancer.apply([.add(Endpoint("c"))], at: at(1_000))
        let late = (0..<6).compactMap { _ in picker.pick(PickContext(now: at(40_000)))?.address }
        #expect(late.count { $0 == "c" } == 2)
    }
}
