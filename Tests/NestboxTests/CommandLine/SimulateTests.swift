// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import FoundationEssentials
import SystemPackage
import Testing

/// The command `simulate`, which needs no root and no image.
@Suite(
    "Simulations of the command-line tool",
    .enabled(if: Machine.tool != nil, "needs the product nestbox, built beside the tests or named by NESTBOX")
)
struct SimulateTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func simulate(_ arguments: String...) async throws -> Finished {
        let tool = try #require(Machine.tool)
        return try await OwnThread.run { try Shell.run([tool.string, "simulate"] + arguments) }
    }

    @Test("a workload's table has a row for each policy, and nothing is written to standard error")
    func table() async throws {
        let finished = try await simulate(
            "v3-bimodal",
            "--load",
            "0.5",
            "--policy",
            "round-robin,newest-first(two-choices)",
            "--warm-up",
            "1",
            "--measure",
            "3",
            "--seeds",
            "2"
        )
        #expect(finished.status == 0)
        #expect(finished.error == "")
        #expect(finished.lines.first?.hasPrefix("V3 bimodal, load 0.5: 269 requests/s, 3 s, 2 seeds") == true)
        #expect(finished.lines.contains { $0.hasPrefix("| round-robin ") })
        #expect(finished.lines.contains { $0.hasPrefix("| newest-first(two-choices) ") })
        #expect(finished.output.contains("p99 of seeds"))
    }

    @Test("JSON has every load and policy with its numbers")
    func json() async throws {
        struct Report: Decodable {
            struct Policy: Decodable {
                let policy: String
                let latencyMilliseconds: [String: Double]
                let errorPercent: Double
                let requests: Int
            }

            let load: Double
            let policies: [Policy]
        }
        let finished = try await simulate(
            "v3-bimodal",
            "--load",
            "0.4,60%",
            "--policy",
            "prequal",
            "--format",
            "json",
            "--warm-up",
            "1",
            "--measure",
            "3",
            "--seeds",
            "1"
        )
        #expect(finished.status == 0)
        let reports = try JSONDecoder().decode([Report].self, from: Data(finished.output.utf8))
        #expect(reports.map(\.load) == [0.4, 0.6])
        for report in reports {
            #expect(report.policies.map(\.policy) == ["prequal"])
            #expect(report.policies.allSatisfy { $0.requests > 100 && $0.errorPercent == 0 })
            #expect(report.policies.allSatisfy { ($0.latencyMilliseconds["p99"] ?? 0) > 5 })
        }
    }

    @Test("a scenario and the files that it names are read from where it lies, and its pictures are written")
    func scenario() async throws {
        try directory.write(
            "replicas: 4 cores=2\narrivals: even load=0.5\nwork: recorded file=latencies\nfault: join at=2s\n"
                + "warm-up: 1s\nmeasure: 3s\nseeds: 1\npolicies: random\n",
            to: "mine.scenario"
        )
        try directory.write("5\n5\n50\n", to: "latencies")
        let plots = directory.path.appending("plots")
        let finished = try await simulate(directory.path.appending("mine.scenario").string, "--svg", plots.string)
        #expect(finished.status == 0)
        #expect(finished.output.contains("newcomer's most"))
        for name in ["latency", "distribution", "time", "in-flight", "replicas"] {
            #expect(try Shell.text(of: plots.appending("\(name).svg")).hasSuffix("</svg>\n"))
        }
    }

    @Test("the list names every workload and policy")
    func list() async throws {
        let finished = try await simulate("--list")
        #expect(finished.status == 0)
        for name in ["v0", "v1", "v2", "v3-bimodal", "v3-pareto", "v3b", "v4-warm", "v4-cold", "prequal", "maglev"] {
            #expect(finished.lines.contains { $0.hasPrefix("  \(name) ") })
        }
    }

    @Test(
        "what makes no sense is refused with the field, the value and the reason",
        arguments: [
            ([], "a workload's name or a scenario's file"), (["v9"], "there is no workload and no file 'v9'"),
            (["v3b", "--load", "0"], "--load is '0'"), (["v3b", "--load", "fast"], "--load is 'fast'"),
            (["v3b", "--load", "500"], "the load is 500"), (["v3b", "--policy", "best"], "there is no policy 'best'"),
            (["v3b", "--seeds", "0"], "--seeds is 0"), (["v3b", "--measure=-1"], "--measure is -1"),
            (["./absent/file"], "can't be read"), (["v3b", "--format", "xml"], "xml"),
        ] as [([String], String)]
    )
    func refused(arguments: [String], message: String) async throws {
        let tool = try #require(Machine.tool)
        let finished = try await OwnThread.run { try Shell.run([tool.string, "simulate"] + arguments) }
        #expect(finished.status != 0)
        #expect(finished.output == "")
        #expect(finished.error.hasPrefix("nestbox: ") && finished.error.contains(message))
    }

    @Test("an error in a scenario names the file and the line")
    func scenarioError() async throws {
        try directory.write("replicas: 2\nwork: exponential mean=20\n", to: "bad")
        let finished = try await simulate(directory.path.appending("bad").string)
        #expect(finished.status != 0)
        #expect(finished.error.contains("bad: line 2: work: mean is '20': it must be a time with a unit"))
    }
}
