// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("Slow start and health checks")
struct SlowStartTests {
    @Test("the ramp is Envoy's formula")
    func formula() {
        let linear = SlowStart(window: .seconds(60))
        #expect(linear.ramp(age: .zero) == 0.1)
        #expect(abs(linear.ramp(age: .seconds(30)) - 0.5) < 1e-12)
        #expect(linear.ramp(age: .seconds(60)) == 1)
        let eager = SlowStart(window: .seconds(60), aggression: 2)
        #expect(abs(eager.ramp(age: .seconds(15)) - 0.5) < 1e-12)
        #expect(SlowStart(window: .zero).ramp(age: .zero) == 1)
    }

    @Test(
        "an endpoint that joins gets its share by degrees",
        arguments: [RoundRobin(), EarliestDeadline(), SmoothWeighted(), WeightedRandom()] as [any Policy]
    )
    func joins(policy: any Policy) throws {
        var configuration = BalancerConfiguration()
        configuration.slowStart = SlowStart(window: .seconds(10))
        let balancer = try makeBalancer(policy, weights: [1, 1], configuration)
        let picker = balancer.makePicker()
        try balancer.apply([.add(Endpoint("new"))], at: at(1_000))
        func share(_ now: Timestamp) -> Double {
            balancer.advance(to: now)
            return Double(picker.counts(2_100, at: now)["new"] ?? 0) / 2_100
        }
        #expect(abs(share(at(1_000)) - 0.1 / 2.1) < 0.02)
        #expect(abs(share(at(6_000)) - 0.5 / 2.5) < 0.03)
        #expect(abs(share(at(11_000)) - 1.0 / 3) < 0.04)
    }

    @Test("an endpoint that recovers starts slowly too, and the first set does not")
    func recovers() throws {
        var configuration = BalancerConfiguration()
        configuration.slowStart = SlowStart(window: .seconds(10))
        let balancer = try makeBalancer(EarliestDeadline(), weights: [1, 1], configuration)
        let picker = balancer.makePicker()
        #expect(picker.counts(100) == ["a": 50, "b": 50])
        try balancer.apply([.setHealth(id: "b", .unhealthy)], at: at(1_000))
        try balancer.apply([.setHealth(id: "b", .healthy)], at: at(5_000))
        #expect((picker.counts(110, at: at(5_000))["b"] ?? 0) <= 12)
        #expect(balancer.advance(to: at(5_000)) != nil)
        balancer.advance(to: at(15_000))
        #expect(balancer.advance(to: at(15_100)) == nil)
    }

    @Test("the first check decides at once, later ones by thresholds")
    func health() {
        var check = HealthCheck(startingAt: .zero)
        #expect(check.due == .zero)
        let answers = [true, false, false, true, false, false, false, true, true]
        let changes = answers.enumerated().map { check.record($1, at: at(Double($0) * 5_000)) }
        #expect(changes == [.healthy, nil, nil, nil, nil, nil, .unhealthy, nil, .healthy])
        #expect(check.due >= at(45_000) && check.due <= at(45_500))
    }
}
