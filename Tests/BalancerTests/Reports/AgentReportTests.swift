// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Testing

@Suite("HAProxy agent answers")
struct AgentReportTests {
    @Test("words are read in any order and case")
    func words() throws {
        let report = try AgentReport(reading: "READY, 75%\tmaxconn:30 up#all well\nignored")
        #expect(
            report
                == AgentReport(
                    administration: .ready,
                    health: .up,
                    reason: "all well",
                    weightPercent: 75,
                    maximumConnections: 30
                )
        )
    }

    @Test("what was written reads back the same")
    func roundTrip() throws {
        for report in [
            AgentReport(administration: .drain), AgentReport(health: .failed, reason: "disk full"),
            AgentReport(administration: .maintenance, health: .stopped, weightPercent: 0, maximumConnections: 1),
        ] {
            #expect(try AgentReport(reading: report.line) == report)
        }
    }

    @Test("the last of two words of a kind counts")
    func last() throws {
        #expect(try AgentReport(reading: "up down 10% 20%").health == .down)
        #expect(try AgentReport(reading: "up down 10% 20%").weightPercent == 20)
    }

    @Test(
        "anything else is refused",
        arguments: ["", "\n", "  ", "hello", "-5%", "300%", "%", "maxconn:", "maxconn:-1", "1.5%", "up5", "#x"]
    )
    func refused(answer: String) {
        #expect(throws: BalancerError.self) { try AgentReport(reading: answer) }
    }

    @Test("a report drains, weighs and marks its endpoint")
    func events() throws {
        let balancer = try makeBalancer(.roundRobin, weights: [10, 10])
        let report = try AgentReport(reading: "drain 50% down")
        try balancer.apply(report.events(for: "a", weight: 10))
        let status = try #require(balancer.status().first)
        #expect(status.isDraining && status.health == .unhealthy)
    }
}
