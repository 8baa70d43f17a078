// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@testable import BalancerSimulation

@Suite("Distributions")
struct DistributionTests {
    @Test("service times have the means that they state, to 3 %")
    func means() {
        let all: [ServiceTimes] = [
            .exponential(mean: 0.02), .clampedNormal(mean: 0.08), .bimodal(short: 0.005, long: 0.5, longShare: 0.05),
            .boundedPareto(shape: 1.1, least: 0.001, most: 2), .boundedPareto(shape: 1, least: 0.01, most: 1),
            .constant(0.25), .recorded([1, 2, 3, .nan, -1]),
        ]
        for times in all {
            var generator = SeededGenerator(seed: 11)
            let mean = (0..<200_000).reduce(0.0) { sum, _ in sum + times.draw(&generator) } / 200_000
            #expect(abs(mean / times.mean - 1) < 0.03)
        }
    }

    @Test("the testbed's work has the paper's quantiles: 182, 265 and 325 ms at p90, p99 and p99.9")
    func testbedWork() {
        var generator = SeededGenerator(seed: 3)
        let work = ServiceTimes.clampedNormal(mean: 0.08)
        let values = Quantiles((0..<200_000).map { _ in work.draw(&generator) * 1_000 })
        #expect(abs(values.p90 - 182) < 2)
        #expect(abs(values.p99 - 265) < 4)
        #expect(abs(values.p999 - 325) < 8)
    }

    @Test("recorded latencies are read from a file's text, and nonsense is refused with its line")
    func recorded() throws {
        let times = try ServiceTimes.recorded(parsing: "# ms\n10\n\n 20 # slow\n30\n")
        #expect(abs(times.mean - 0.02) < 1e-12)
        for text in ["", "# none", "1\nabc", "-3", "nan"] {
            #expect(throws: BalancerError.self) { try ServiceTimes.recorded(parsing: text) }
        }
    }

    @Test("workloads that make no sense are refused", arguments: [0, -1, Double.nan, .infinity])
    func refused(rate: Double) {
        let server = ServerSpecification(cores: 1)
        let workload = Workload(name: "x", servers: [server], arrivalRate: rate, work: .exponential(mean: 0.01))
        #expect(throws: BalancerError.self) { try Simulation(workload: workload, policy: .random, seed: 1).run() }
    }

    @Test("what is wrong with a workload is said with the value")
    func reasons() {
        func message(_ change: (inout Workload) -> Void) -> String {
            var workload = Workload.bimodal(load: 0.5)
            change(&workload)
            do {
                _ = try Simulation(workload: workload, policy: .random, seed: 1).run()
                return ""
            } catch {
                return error.message
            }
        }
        #expect(message { $0.servers[3].speed = -2 }.contains("speed of replica 3 is -2.0"))
        #expect(message { $0.clients = 0 }.contains("clients is 0"))
        #expect(message { $0.faults = [.die(server: 8, at: .zero)] }.contains("replica of a fault is 8"))
        #expect(message { $0.work = .recorded([]) }.contains("nothing is recorded"))
        #expect(message { $0.work = .bimodal(short: 1, long: 2, longShare: 1.5) }.contains("1.5"))
        #expect(message { $0.work = .boundedPareto(shape: 1, least: 2, most: 1) }.contains("from 2.0 to 1.0"))
        #expect(message { $0.duration = .seconds(800_000) }.contains("200 million"))
        #expect(message { $0.profile = { _ in 1_000_000 } }.contains("200 million"))
        #expect(message { $0.duration = .seconds(100_000_000) }.contains("ten days"))
        #expect(message { $0.clients = 600_000 }.contains("600000 × 8"))
    }

    @Test("recorded arrivals come as recorded, over and over, and faster in proportion")
    func recordedArrivals() throws {
        let process = try ArrivalProcess.recorded(parsing: "0\n1 # a\n1\n4\n")
        #expect(process.recordedRate == 0.75)
        var generator = SeededGenerator(seed: 1)
        var cursor = 0
        let gaps = (0..<8).map { _ in process.draw(mean: 2, cursor: &cursor, &generator).gap }
        #expect(gaps == [1.5, 0, 4.5, 2, 1.5, 0, 4.5, 2])
        for text in ["", "1", "1\n1", "2\n1", "0\nx", "0 1"] {
            #expect(throws: BalancerError.self) { try ArrivalProcess.recorded(parsing: text) }
        }
    }
}
