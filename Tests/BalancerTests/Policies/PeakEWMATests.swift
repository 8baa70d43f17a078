// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import Balancer

@Suite("Peak EWMA")
struct PeakEWMATests {
    @Test("the average jumps to a peak and sinks by Finagle's formula")
    func formula() {
        var estimate = LatencyEstimate(cost: 0, failureRate: 0, stamp: .zero)
        let decay = 10e9
        estimate.observe(latency: 5e6, failed: false, at: at(0), decay: decay)
        #expect(estimate.cost == 5e6)
        estimate.observe(latency: 50e6, failed: false, at: at(100), decay: decay)
        #expect(estimate.cost == 50e6)
        estimate.observe(latency: 10e6, failed: false, at: at(10_100), decay: decay)
        let weight = 0.36787944117144233
        #expect(abs(estimate.cost - (50e6 * weight + 10e6 * (1 - weight))) < 1)
        #expect(abs(estimate.cost(at: at(20_100), decay: decay) - estimate.cost * weight) < 1)
    }

    @Test("a failure that comes quickly does not lower the cost")
    func failure() {
        var estimate = LatencyEstimate(cost: 40e6, failureRate: 0, stamp: .zero)
        estimate.observe(latency: 1e3, failed: true, at: at(5_000), decay: 10e9)
        #expect(estimate.cost == 40e6)
        #expect(estimate.attempts(at: at(5_000), decay: 10e9) > 1.1)
    }

    @Test("a clock that goes back changes no average")
    func clockBack() {
        var estimate = LatencyEstimate(cost: 40e6, failureRate: 0, stamp: at(1_000))
        estimate.observe(latency: 10e6, failed: false, at: at(0), decay: 10e9)
        #expect(estimate.cost == 40e6)
        #expect(estimate.stamp == at(1_000))
    }

    @Test("the quicker endpoint gets most requests, the slower one is not starved of probes for ever")
    func prefersQuick() throws {
        let balancer = try makeBalancer(PeakEWMA(decay: .milliseconds(500)), weights: [1, 1])
        let picker = balancer.makePicker()
        var counts = ["a": 0, "b": 0]
        var active: [(Pick<String>, Timestamp)] = []
        for step in 0..<4_000 {
            let now = at(Double(step))
            for (pick, end) in active where end <= now { balancer.complete(pick, .success, at: now) }
            active.removeAll { $0.1 <= now }
            let pick = try #require(picker.pick(PickContext(now: now)))
            counts[pick.address, default: 0] += 1
            active.append((pick, at(Double(step) + (pick.address == "a" ? 5 : 50))))
        }
        #expect(counts["a"] ?? 0 > 3 * (counts["b"] ?? 0))
        #expect(counts["b"] ?? 0 > 10)
    }

    @Test("an endpoint never measured is tried, but not flooded before its first answer")
    func unknown() throws {
        let balancer = try makeBalancer(PeakEWMA(choices: .all), weights: [1, 1])
        let picker = balancer.makePicker()
        for _ in 0..<5 {
            let pick = try #require(picker.pick(PickContext(now: at(0))))
            if pick.address == "a" { balancer.complete(pick, .success, latency: .milliseconds(9), at: at(9)) }
        }
        #expect((balancer.inFlight(on: "b") ?? 0) == 1)
    }
}
