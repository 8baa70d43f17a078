// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Balancer
import BalancerSimulation

/// The command `simulate`.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Try balancing policies on a simulated service.",
        discussion: """
            What is simulated is one of the workloads below, or a file that describes a service of yours. All policies
            get the same requests; of several seeds the one in the middle by its p99 is shown. Nothing is run or sent.

            \(workloads)

            Examples:
              nestbox simulate v3-bimodal --load 0.9 --policy round-robin,two-choices,prequal
              nestbox simulate v3-bimodal --load 0.5,0.7,0.9 --policy two-choices --svg plots
              nestbox simulate v4-cold --policy 'round-robin,newest-first-ramp(round-robin)'
              nestbox simulate checkout.scenario --format json
              nestbox simulate --list

            A scenario has a setting on each line:
              replicas: 6 cores=2
              arrivals: poisson load=0.8
              work: bimodal short=5ms long=500ms share=5%
              fault: freeze replica=3 at=30s until=40s noticed=5s
              policies: round-robin, least-requests
            """
    )

    @Argument(help: ArgumentHelp("A workload's name or a scenario's file.", valueName: "workload"))
    var subject: String?

    @Option(help: ArgumentHelp("Shares of what the replicas can do, such as 0.9 or 0.5,0.7,0.9.", valueName: "load,…"))
    var load: String?

    @Option(
        name: [.customLong("policy"), .short],
        help: ArgumentHelp("The policies; a scenario's own, or some usual ones, by default.", valueName: "policy,…")
    )
    var policies: String?

    @Option(help: ArgumentHelp("How many seeds each policy is run with; 3 by default.", valueName: "count"))
    var seeds: Int?

    @Option(
        name: .customLong("warm-up"),
        help: ArgumentHelp(
            "Simulated seconds before measuring begins; the workload's own by default.",
            valueName: "seconds"
        )
    )
    var warmUp: Double?

    @Option(
        help: ArgumentHelp("Simulated seconds that are measured; the workload's own by default.", valueName: "seconds")
    )
    var measure: Double?

    @Option(help: "How results are printed: table or json.")
    var format = ListFormat.table

    @Option(help: ArgumentHelp("Write plots as SVG into this directory.", valueName: "directory"))
    var svg: String?

    @Flag(help: "List the workloads and the policies.")
    var list = false

    func validate() throws {
        if !list && subject == nil {
            throw ValidationError("Missing expected argument '<workload>': a workload's name or a scenario's file")
        }
        if let seeds, !(1...1_000).contains(seeds) {
            throw ValidationError("--seeds is \(seeds): it must be from 1 to 1000")
        }
        for (name, seconds) in [("--warm-up", warmUp), ("--measure", measure)] {
            guard let seconds else { continue }
            guard seconds.isFinite, seconds >= 0, seconds <= 1e6, name == "--warm-up" || seconds > 0 else {
                throw ValidationError("\(name) is \(seconds): it must be a number of seconds")
            }
        }
        _ = try loads
    }

    func run() async throws {
        guard let subject, !list else { return Self.showList() }
        do { try await simulate(subject) } catch let error as BalancerError {
            throw SimulationFailure(error.message)
        }
    }

    private func simulate(_ subject: String) async throws {
        let scenario = try SimulationSubject.read(subject)
        let loads = try loads
        var reports: [SimulationReport] = []
        let progress = SimulationProgress()
        defer { progress.finish() }
        for load in loads.isEmpty ? [nil] : loads.map(Optional.some) {
            let comparison = try comparison(of: scenario, load: load)
            let label = load.map { "load \($0) " } ?? ""
            let rows = try await comparison.run { progress.show(label, $0) }
            reports.append(
                SimulationReport(workload: comparison.workload, seeds: comparison.seeds, load: load, rows: rows)
            )
        }
        progress.finish()
        switch format {
        case .json: try JSONOutput.list(reports)
        case .table: for report in reports { report.show(isOnly: reports.count == 1) }
        }
        if let svg { try SimulationPictures(reports).write(to: svg) }
    }

    /// What `--load` says.
    private var loads: [Double] {
        get throws {
            try (load?.split(separator: ",") ?? []).map { word in
                let isPercent = word.hasSuffix("%")
                guard let number = Double(isPercent ? word.dropLast() : word), number > 0, number <= 10_000 else {
                    throw ValidationError("--load is '\(word)': it must be a share above 0, such as 0.9 or 90%")
                }
                return isPercent ? number / 100 : number
            }
        }
    }

    private func comparison(of subject: SimulationSubject, load: Double?) throws -> Comparison {
        var comparison = try subject.comparison(load: load)
        if let policies { comparison.policies = try NamedPolicy.list(policies) }
        if let seeds { comparison.seeds = (1...UInt64(seeds)).map { $0 } }
        if let warmUp { comparison.workload.warmUp = .seconds(warmUp) }
        if let measure { comparison.workload.duration = .seconds(measure) }
        return comparison
    }

    private static func showList() {
        print(workloads)
        print("\nPolicies:")
        show(NamedPolicy.all.map { ($0.name, $0.summary) })
        print("\nAround a policy, as in newest-first(least-requests):")
        show(NamedPolicy.wrappers)
    }

    private static var workloads: String {
        let lines = NamedWorkload.all.map { "  \(padded($0.name))\($0.summary) (load \($0.usualLoad))" }
        return "Workloads:\n" + lines.joined(separator: "\n")
    }

    private static func show(_ entries: [(name: String, summary: String)]) {
        for entry in entries { print("  \(padded(entry.name))\(entry.summary)") }
    }

    private static func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(2, 22 - name.count))
    }
}
