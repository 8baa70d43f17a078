// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import Balancer

@Suite("Priorities, zones, subsets, apertures")
struct TopologyTests {
    private func leveled(_ counts: [Int]) -> [Endpoint<String>] {
        counts.enumerated().flatMap { level, count in
            (0..<count).map { Endpoint(id: "p\(level)-\($0)", address: "p\(level)", priority: level) }
        }
    }

    /// The percentages that each level gets when some endpoints of the first levels are unhealthy.
    private func shares(_ counts: [Int], unhealthy: [Int]) throws -> [String: Int] {
        let balancer = try LoadBalancer(policy: .random, endpoints: leveled(counts), time: frozen)
        let events = unhealthy.enumerated().flatMap { level, count in
            (0..<count).map { EndpointEvent<String>.setHealth(id: "p\(level)-\($0)", .unhealthy) }
        }
        try balancer.apply(events)
        let picker = balancer.makePicker()
        return (0..<100).reduce(into: [:]) { $0[picker.address(key: UInt64($1)) ?? "", default: 0] += 1 }
    }

    @Test("a level of which 72 % is well takes everything; below that the next level helps, as in Envoy's table")
    func spillOver() throws {
        #expect(try shares([100, 100], unhealthy: [0]) == ["p0": 100])
        #expect(try shares([100, 100], unhealthy: [28]) == ["p0": 100])
        #expect(try shares([100, 100], unhealthy: [29]) == ["p0": 99, "p1": 1])
        #expect(try shares([100, 100], unhealthy: [50]) == ["p0": 70, "p1": 30])
        #expect(try shares([100, 100], unhealthy: [75]) == ["p0": 35, "p1": 65])
        #expect(try shares([100, 100], unhealthy: [100]) == ["p1": 100])
        #expect(try shares([100, 100, 100], unhealthy: [100, 80]) == ["p1": 28, "p2": 72])
        #expect(try shares([100, 100], unhealthy: [75, 75]) == ["p0": 50, "p1": 50])
    }

    @Test("degraded endpoints help only as far as healthy ones do not suffice")
    func degraded() throws {
        let balancer = try makeBalancer(.random, weights: [1, 1, 1, 1])
        let picker = balancer.makePicker()
        try balancer.apply([.setHealth(id: "a", .degraded)])
        #expect((0..<100).count { picker.address(key: $0) == "a" } == 0)
        try balancer.apply([.setHealth(id: "b", .degraded), .setHealth(id: "c", .unhealthy)])
        let helped = (0..<100).count { ["a", "b"].contains(picker.address(key: $0)) }
        #expect(helped == 65)
        #expect((0..<100).count { picker.address(key: $0) == "c" } == 0)
    }

    @Test("a zone with its share of endpoints keeps its requests; one with fewer sends the rest where room is")
    func zones() {
        let policy = ZoneAware(.random, local: Locality(zone: "a"))
        #expect(policy.shares(["a", "b"], counts: [5, 5]) == [1, 0])
        #expect(policy.shares(["a", "b"], counts: [8, 2]) == [1, 0])
        let scarce = policy.shares(["a", "b", "c"], counts: [2, 4, 6])
        // A third of the callers, a sixth of the endpoints: half stays; b has no more than its own, c has room.
        #expect(zip(scarce, [0.5, 0, 0.5]).allSatisfy { abs($0 - $1) < 1e-9 })
        let uneven = ZoneAware(.random, local: Locality(zone: "a"), callers: ["a": 3, "b": 1])
        #expect(abs(uneven.shares(["a", "b"], counts: [5, 5])[0] - 2.0 / 3) < 1e-9)
    }

    @Test("too few endpoints, or none in this zone, and zones are ignored")
    func zonesIgnored() throws {
        let endpoints = ["a", "b", "b"].enumerated().map {
            Endpoint(id: "\($0)", address: $1, locality: Locality(zone: $1))
        }
        let few = try LoadBalancer(
            policy: ZoneAware(.roundRobin, local: Locality(zone: "a")),
            endpoints: endpoints,
            time: frozen
        )
        #expect(few.makePicker().counts(30) == ["a": 10, "b": 20])
        let elsewhere = try LoadBalancer(
            policy: ZoneAware(.roundRobin, local: Locality(zone: "x"), minimumEndpoints: 1),
            endpoints: endpoints,
            time: frozen
        )
        #expect(elsewhere.makePicker().counts(30) == ["a": 10, "b": 20])
        let local = try LoadBalancer(
            policy: ZoneAware(.roundRobin, local: Locality(zone: "b"), minimumEndpoints: 1),
            endpoints: endpoints,
            time: frozen
        )
        #expect(local.makePicker().counts(30) == ["b": 30])
    }

    @Test("a request goes to its subset, and one without goes where the fallback says")
    func subsets() throws {
        let endpoints = [("a", "v1"), ("b", "v2"), ("c", "v2")].map {
            Endpoint(id: $0.0, address: $0.0, labels: ["version": $0.1, "rack": "7"])
        }
        func picker(_ fallback: Subset.Fallback) throws -> Picker<String> {
            let policy = Subset(.roundRobin, keys: ["version"], fallback: fallback)
            return try LoadBalancer(policy: policy, endpoints: endpoints, time: frozen).makePicker()
        }
        let second = PickContext(now: .zero, subset: Subset.number(of: ["version": "v2"]))
        let unknown = PickContext(now: .zero, subset: Subset.number(of: ["version": "v3"]))
        let strict = try picker(.none)
        #expect(Set((0..<6).compactMap { _ in strict.pick(second)?.address }) == ["b", "c"])
        #expect(strict.pick(unknown) == nil)
        #expect(strict.pick(PickContext(now: .zero)) == nil)
        #expect(Set((0..<6).compactMap { _ in (try? picker(.anyEndpoint))?.pick(unknown)?.address }).count >= 1)
        let labelled = try picker(.labels(["version": "v1"]))
        #expect((0..<4).allSatisfy { _ in labelled.pick(unknown)?.address == "a" })
    }

    @Test(
        "apertures of all balancers together cover every endpoint equally",
        arguments: [(1, 10), (3, 10), (7, 20), (10, 3), (40, 100)]
    )
    func aperture(balancers: Int, endpoints: Int) throws {
        var coverage = [Double](repeating: 0, count: endpoints)
        for index in 0..<balancers {
            let policy = try DeterministicAperture(index: index, count: balancers, minimum: 4)
            let parts = policy.coverage(of: endpoints)
            #expect(parts.count >= min(4, endpoints))
            #expect(Set(parts.map(\.position)).count == parts.count)
            for part in parts { coverage[part.position] += part.part }
        }
        #expect((coverage.max() ?? 0) - (coverage.min() ?? 0) < 1e-6)
    }
}
