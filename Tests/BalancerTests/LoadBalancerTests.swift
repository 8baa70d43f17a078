// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Load balancer")
struct LoadBalancerTests {
    private func balancer(
        _ names: [String],
        _ configuration: BalancerConfiguration = BalancerConfiguration()
    ) throws -> LoadBalancer<String> {
        try LoadBalancer(
            policy: RoundRobin(startsAtRandom: false),
            endpoints: names.map { Endpoint($0) },
            configuration: configuration
        )
    }

    @Test("requests count as in flight until they complete")
    func inFlight() throws {
        let balancer = try balancer(["a", "b"])
        let picker = balancer.makePicker()
        let picks = (0..<4).compactMap { _ in picker.pick() }
        #expect(balancer.status().map(\.inFlight) == [2, 2])
        balancer.complete(picks[0], .success)
        balancer.complete(picks[2], .serverError)
        #expect(balancer.status().map(\.inFlight) == [0, 2])
        #expect(balancer.status().map(\.started) == [2, 2])
    }

    @Test("a late completion does not touch the endpoint that took the place")
    func lateCompletion() throws {
        let balancer = try balancer(["a"])
        let picker = balancer.makePicker()
        let late = try #require(picker.pick())
        try balancer.update([Endpoint("b")])
        let second = try #require(picker.pick())
        #expect(second.address == "b")
        balancer.complete(late, .success)
        #expect(balancer.inFlight(on: "b") == 1)
        try balancer.update([Endpoint("b"), Endpoint("c")])
        balancer.complete(late, .success)
        #expect(balancer.inFlight(on: "b") == 1)
        #expect(balancer.inFlight(on: "c") == 0)
    }

    @Test("two endpoints of one name are refused and the set stays")
    func duplicates() throws {
        let balancer = try balancer(["a", "b"])
        let error = #expect(throws: BalancerError.self) {
            try balancer.update([Endpoint("c"), Endpoint("c")])
        }
        #expect(error?.code == .duplicateEndpoint)
        #expect(balancer.status().map(\.id) == ["a", "b"])
    }

    @Test("an event for an unknown endpoint undoes its whole batch")
    func unknown() throws {
        let balancer = try balancer(["a", "b"])
        let error = #expect(throws: BalancerError.self) {
            try balancer.apply([.remove(id: "a"), .setWeight(id: "z", 3)])
        }
        #expect(error?.code == .unknownEndpoint)
        #expect(balancer.status().map(\.id) == ["a", "b"])
    }

    @Test("no endpoint gets more requests than its limit, and no balancer more than its own")
    func limits() throws {
        var configuration = BalancerConfiguration()
        configuration.maxInFlightPerEndpoint = 2
        configuration.maxInFlight = 5
        let balancer = try balancer(["a", "b", "c"], configuration)
        let picker = balancer.makePicker()
        let picks = (0..<10).compactMap { _ in picker.pick() }
        #expect(picks.count == 5)
        #expect(balancer.status().map(\.inFlight) == [2, 2, 1])
        balancer.complete(picks[0], .success)
        #expect(picker.pick() != nil)
        #expect(picker.pick() == nil)
    }

    @Test("unhealthy endpoints are left out until too many are, then all are used")
    func panic() throws {
        let balancer = try balancer(["a", "b", "c", "d"])
        try balancer.apply([.setHealth(id: "a", .unhealthy), .setHealth(id: "b", .unhealthy)])
        #expect(balancer.status().map(\.isEligible) == [false, false, true, true])
        try balancer.apply([.setHealth(id: "c", .unhealthy)])
        #expect(balancer.status().map(\.isEligible) == [true, true, true, true])
    }
}
