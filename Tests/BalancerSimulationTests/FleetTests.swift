// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import BalancerSimulation
import Testing

/// Relations among many balancers, on a smaller copy of the testbed.
@Suite("Relations in a fleet")
struct FleetTests {
    private func run(_ workload: Workload, _ policy: any Policy) throws -> SimulationResult {
        var workload = workload
        workload.warmUp = .seconds(5)
        workload.duration = .seconds(10)
        return try Simulation(workload: workload, policy: policy, seed: 1).run()
    }

    @Test("past all allotments Prequal holds its p99 where weighted round robin does not")
    func prequal() throws {
        let workload = Workload.antagonists(step: 6, size: 20)
        let probing = try run(workload, .prequal)
        let weighted = try run(workload, UtilisationWeighted(blackout: .seconds(1)))
        #expect(probing.latency.p99 < 0.7 * weighted.latency.p99)
    }

    @Test("Q_RIF = 1, which ignores requests in flight, is a cliff")
    func cliff() throws {
        let workload = Workload.antagonists(step: 6, size: 20)
        var latencyOnly = Prequal()
        latencyOnly.hotQuantile = 1
        let both = try run(workload, .prequal)
        let cliff = try run(workload, latencyOnly)
        #expect(cliff.latency.p99 > 1.2 * both.latency.p99)
    }

    @Test("with many balancers a report, even corrected, herds where two choices do not")
    func manyBalancers() throws {
        let workload = Workload.testbed(load: 0.9, size: 24)
        let corrected = try run(workload, .leastUtilised)
        let choices = try run(workload, .leastRequests)
        #expect(corrected.inFlight.p99 > 1.2 * choices.inFlight.p99)
    }
}
