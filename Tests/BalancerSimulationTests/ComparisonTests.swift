// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import BalancerSimulation
import Testing

@Suite("Comparisons")
struct ComparisonTests {
    private var workload: Workload {
        var workload = Workload.bimodal(load: 0.5)
        workload.warmUp = .seconds(1)
        workload.duration = .seconds(4)
        return workload
    }

    @Test("rows come in the order of the policies, whichever run ends first, each with a result for every seed")
    func order() async throws {
        let policies = try NamedPolicy.list("prequal, round-robin,newest-first(least-requests)")
        let rows = try await Comparison(workload: workload, policies: policies, seeds: [1, 2, 3]).run()
        #expect(rows.map(\.name) == ["prequal", "round-robin", "newest-first(least-requests)"])
        for row in rows {
            #expect(row.results.count == 3)
            let ordered = row.results.map(\.latency.p99).sorted()
            #expect(row.median.latency.p99 == ordered[1])
            #expect(row.p99Range == ordered[0]...ordered[2])
        }
        let alone = try Simulation(workload: workload, policy: .roundRobin, seed: 2).run()
        #expect(rows[1].results[1].latency == alone.latency)
    }

    @Test("a table shows the seed in the middle and how far the seeds are apart")
    func table() async throws {
        let rows = try await Comparison(workload: workload, policies: NamedPolicy.list("random")).run()
        let lines = ResultTable(rows).description.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].contains("p99 of seeds") && lines[2].contains("–"))
        #expect(Set(lines.map(\.count)).count == 1)
        let one = ResultTable([("x", rows[0].median)]).description
        #expect(!one.contains("seeds"))
    }

    @Test("every policy that has a name runs, and so does every workload")
    func names() async throws {
        let rows = try await Comparison(workload: workload, policies: NamedPolicy.all, seeds: [1]).run()
        #expect(rows.allSatisfy { $0.median.requests > 500 })
        #expect(Set(NamedPolicy.all.map(\.name)).count == NamedPolicy.all.count)
        for named in NamedWorkload.all {
            var workload = try named.workload()
            workload.warmUp = .zero
            workload.duration = .milliseconds(300)
            let result = try Simulation(workload: workload, policy: .leastRequests, seed: 1).run()
            #expect(result.requests > 20, "\(named.name)")
        }
    }

    @Test(
        "a name that nobody has is refused, with those that there are",
        arguments: ["", "fastest", "bounded(x)", "x(random)"]
    )
    func unknown(name: String) {
        #expect {
            try NamedPolicy.list(name)
        } throws: { error in
            (error as? BalancerError)?.message.contains("least-requests") == true
        }
    }

    @Test("loads out of range are refused", arguments: [0, -1, 101, Double.nan, .infinity])
    func loads(load: Double) {
        for workload in NamedWorkload.all {
            #expect(throws: BalancerError.self) { try workload.workload(load: load) }
        }
    }

    @Test("there is a picture of each kind, without numbers that are none")
    func pictures() async throws {
        var workload = Workload.scaleOut(cold: true)
        workload.warmUp = .seconds(1)
        workload.duration = .seconds(5)
        workload.faults = [.join(at: .seconds(3), slowdown: 2, coldFor: .seconds(1))]
        let policies = try NamedPolicy.list("round-robin,least-requests")
        let rows = try await Comparison(workload: workload, policies: policies, seeds: [1]).run()
        let pictures = ComparisonPlots(workload: workload, rows: rows).pictures
        #expect(pictures.map(\.name) == ["latency", "distribution", "time", "in-flight", "replicas"])
        for picture in pictures {
            #expect(picture.svg.hasPrefix("<svg") && picture.svg.contains("least-requests"))
            #expect(!picture.svg.contains("nan") && !picture.svg.contains("inf\""))
        }
        #expect(pictures[2].svg.contains(">join<"))
    }
}
