// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

/// What is not as it should be is defined for every policy: refused with a reason, or of no effect.
@Suite("Bad input")
struct BadInputTests {
    private func refusal(_ picker: Picker<String>, _ context: PickContext = PickContext(now: .zero, key: 7)) -> Refusal?
    {
        if case .refused(let reason) = picker.decide(context) { reason } else { nil }
    }

    @Test("without endpoints every policy refuses, and picks as soon as one comes", arguments: EveryPolicy.all)
    func noEndpoints(subject: EveryPolicy) throws {
        let balancer = try makeBalancer(subject.policy, weights: [])
        let picker = balancer.makePicker()
        #expect(refusal(picker) == .noEndpoints)
        try balancer.apply([.add(Endpoint("a"))])
        #expect(picker.pick(PickContext(now: .zero, key: 7))?.address == "a")
        try balancer.apply([.remove(id: "a")])
        #expect(refusal(picker) == .noEndpoints)
    }

    @Test("endpoints that all drain or have weight 0 are refused as not eligible", arguments: EveryPolicy.all)
    func noneEligible(subject: EveryPolicy) throws {
        let balancer = try makeBalancer(subject.policy, weights: [1, 0])
        try balancer.apply([.setDraining(id: "a", true)])
        #expect(refusal(balancer.makePicker()) == .noneEligible)
    }

    @Test(
        "when all are ejected or unhealthy, panic uses all; without panic all are refused",
        arguments: EveryPolicy.all
    )
    func allImpaired(subject: EveryPolicy) throws {
        var configuration = BalancerConfiguration()
        for (threshold, isUsed) in [(0.5, true), (0, false)] {
            configuration.panicThreshold = threshold
            let balancer = try makeBalancer(subject.policy, weights: [1, 1, 1], configuration)
            try balancer.apply(["a", "b", "c"].map { .setHealth(id: $0, .unhealthy) })
            let picker = balancer.makePicker()
            // Levels know panic by a threshold of their own.
            let isExpected = isUsed || subject.policy is Prioritized
            #expect((picker.pick(PickContext(now: .zero, key: 7)) != nil) == isExpected)
        }
    }

    @Test(
        "the largest weight beside the smallest takes nearly all, and the smallest is not lost",
        arguments: EveryPolicy.plain
    )
    func hugeWeights(subject: EveryPolicy) throws {
        let balancer = try makeBalancer(subject.policy, weights: [.max, 1, .max, .max])
        let picker = balancer.makePicker()
        for key in 0..<2_000 {
            let pick = try #require(picker.pick(PickContext(now: .zero, key: UInt64(key) &* 0x9E37_79B9_7F4A_7C15)))
            balancer.complete(pick, .success, at: .zero)
        }
        #expect(balancer.status().map(\.inFlight) == [0, 0, 0, 0])
        try balancer.apply([.setWeight(id: "a", 0), .setWeight(id: "c", 0), .setWeight(id: "d", 0)])
        #expect(picker.pick(PickContext(now: .zero, key: 7))?.address == "b")
    }

    @Test("a clock that goes back, or to the ends of time, changes no count", arguments: EveryPolicy.all)
    func clock(subject: EveryPolicy) throws {
        var configuration = BalancerConfiguration()
        configuration.outlierDetection = OutlierDetection()
        configuration.slowStart = SlowStart(window: .seconds(10))
        let balancer = try makeBalancer(subject.policy, weights: [1, 2, 3], configuration)
        let picker = balancer.makePicker()
        let instants: [Int64] = [5_000_000_000, 1_000_000_000, 0, -3_000_000_000, .min, .max, 7]
        for instant in instants {
            let now = Timestamp(nanoseconds: instant)
            balancer.advance(to: now)
            try balancer.apply([.add(Endpoint(id: "d", address: "d"))], at: now)
            balancer.report(LoadReport(cpuUtilisation: 0.5, requestsPerSecond: 10), from: "a", at: now)
            for outcome in [Outcome.success, .timeout] {
                let pick = try #require(picker.pick(PickContext(now: now, key: UInt64(bitPattern: instant))))
                balancer.complete(pick, outcome, at: Timestamp(nanoseconds: instant == .min ? .max : instant &- 9))
            }
            try balancer.apply([.remove(id: "d")], at: now)
        }
        #expect(balancer.status().map(\.inFlight) == [0, 0, 0])
    }

    @Test("an endpoint that leaves while its request is out takes the count with it", arguments: EveryPolicy.all)
    func removal(subject: EveryPolicy) throws {
        let balancer = try makeBalancer(subject.policy, weights: [1])
        let picker = balancer.makePicker()
        let pick = try #require(picker.pick(PickContext(now: .zero, key: 7)))
        #expect(picker.endpoint(of: pick)?.id == "a")
        try balancer.update([Endpoint("b")])
        let second = try #require(picker.pick(PickContext(now: .zero, key: 7)))
        #expect(second.address == "b")
        #expect(picker.endpoint(of: pick) == nil)
        #expect(!balancer.report(LoadReport(cpuUtilisation: .nan), for: pick, at: .zero))
        balancer.complete(pick, .success, at: .zero)
        balancer.complete(pick, .success, at: .zero)
        #expect(balancer.inFlight(on: "b") == 1)
    }

    @Test("another balancer's pick, or one completed twice, changes nothing")
    func foreign() throws {
        let (mine, other) = (try makeBalancer(.roundRobin, weights: [1]), try makeBalancer(.roundRobin, weights: [1]))
        let (picker, stranger) = (mine.makePicker(), other.makePicker())
        let pick = try #require(picker.pick(PickContext(now: .zero)))
        let foreign = try #require(stranger.pick(PickContext(now: .zero)))
        mine.complete(foreign, .success, at: .zero)
        #expect(mine.inFlight(on: "a") == 1)
        #expect(!mine.report(LoadReport(cpuUtilisation: 0.1), for: foreign, at: .zero))
        for _ in 0..<3 { mine.complete(pick, .success, at: .zero) }
        #expect(mine.inFlight(on: "a") == 0)
        #expect(mine.status().map(\.started) == [1])
    }

    @Test("names repeat in a set or in a batch: refused, and nothing has changed")
    func names() throws {
        let balancer = try makeBalancer(.roundRobin, weights: [1, 1])
        let sets: [[EndpointEvent<String>]] = [
            [.replaceAll([Endpoint("a"), Endpoint("x"), Endpoint("a")])],
            [.replaceAll([Endpoint("x"), Endpoint("x")])],
            [.add(Endpoint("x")), .replaceAll([Endpoint("y"), Endpoint("y")])],
        ]
        for events in sets {
            let error = #expect(throws: BalancerError.self) { try balancer.apply(events) }
            #expect(error?.code == .duplicateEndpoint)
            #expect(balancer.status().map(\.id) == ["a", "b"])
        }
        let unknown: [[EndpointEvent<String>]] = [
            [.remove(id: "z")], [.remove(id: "a"), .setWeight(id: "a", 2)],
            [.replaceAll([Endpoint("c")]), .setDraining(id: "a", true)],
            [.add(Endpoint("c")), .setHealth(id: "d", .healthy)],
        ]
        for events in unknown {
            let error = #expect(throws: BalancerError.self) { try balancer.apply(events) }
            #expect(error?.code == .unknownEndpoint)
            #expect(balancer.status().map(\.id) == ["a", "b"])
        }
        try balancer.apply([.remove(id: "a"), .add(Endpoint("a")), .setWeight(id: "a", 2)])
        #expect(balancer.status().map(\.id) == ["b", "a"])
    }

    @Test("a million endpoints are held, changed and picked from")
    func million() throws {
        let set = (0..<1_000_000).map { Endpoint(id: String($0), address: $0) }
        let balancer = try LoadBalancer(policy: .leastRequests, endpoints: set, time: frozen)
        let picker = balancer.makePicker()
        var seen = Set<Int>()
        for _ in 0..<2_000 {
            let pick = try #require(picker.pick(PickContext(now: .zero)))
            seen.insert(pick.address)
        }
        #expect(seen.count > 1_950)
        try balancer.apply([.remove(id: "500000")])
        #expect(balancer.inFlight(on: "500000") == nil)
        #expect(picker.pick(PickContext(now: .zero)) != nil)
    }
}
