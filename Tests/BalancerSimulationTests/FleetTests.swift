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
        #expect(corrected.inFlight.p99 > 1.1 * choices.inFlight.p99)
    }

    @Test("the testbed has the paper's latencies at all of its allotments: 182, 265 and 325 ms at p90, p99 and p99.9")
    func testbed() throws {
        let result = try run(.testbed(load: 1, size: 25), .prequal)
        #expect(abs(result.latency.p90 - 182) < 0.02 * 182)
        #expect(abs(result.latency.p99 - 265) < 0.03 * 265)
        #expect(abs(result.latency.p999 - 325) < 0.08 * 325)
        #expect(result.errorShare == 0)
    }

    @Test("past all allotments weighted round robin times out, and Prequal's p99 stays where it was")
    func flat() throws {
        let calm = try run(.antagonists(step: 0, size: 20), .prequal)
        let beyond = try run(.antagonists(step: 8, size: 20), .prequal)
        let weighted = try run(.antagonists(step: 8, size: 20), UtilisationWeighted(blackout: .seconds(1)))
        #expect(beyond.latency.p99 < 1.15 * calm.latency.p99)
        #expect(beyond.errorShare == 0)
        #expect(weighted.errorShare > 0.001)
    }

    @Test("Prequal's probe rate has its knee below one probe for each request")
    func probeRate() throws {
        func run(_ rate: Double) throws -> Double {
            var policy = Prequal()
            policy.probesPerRequest = rate
            policy.removalsPerRequest = min(1, rate / 3)
            return try self.run(.antagonists(step: 7, size: 24), policy).latency.p999
        }
        let (three, one, few) = (try run(3), try run(1), try run(0.05))
        #expect(one < 1.25 * three)
        #expect(few > 1.5 * one)
    }

    @Test("on a mixed fleet, half of it at half speed, Prequal keeps the tail that turns and two choices lose")
    func mixed() throws {
        let workload = Workload.mixedFleet(load: 0.9, size: 20)
        let probing = try run(workload, .prequal)
        let choices = try run(workload, .leastRequests)
        let turns = try run(workload, .roundRobin)
        #expect(probing.latency.p99 < 0.7 * choices.latency.p99)
        #expect(choices.latency.p99 < turns.latency.p99)
    }
}
