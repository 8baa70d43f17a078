// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import BalancerSimulation
import Foundation

// Draws the figures of Docs/WhichPolicy.md and prints its tables: swift run -c release figures ../../Docs/figures

let folder = CommandLine.arguments.dropFirst().first ?? "figures"
let policies: [(String, any Policy)] = [
    ("round robin", RoundRobin()), ("random", UniformRandom()), ("two choices", LeastRequests()),
    ("least requests", LeastRequests(choices: .all)), ("peak EWMA", PeakEWMA()),
    ("lowest reported", LowestReported()), ("least utilised", LeastUtilised()),
    ("utilisation-weighted", UtilisationWeighted()), ("Prequal", Prequal()),
]

func save(_ svg: String, _ name: String) throws {
    try Data(svg.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).svg"))
}

func run(_ workload: Workload, _ policy: any Policy, seconds: Int? = nil, seed: UInt64 = 1) throws -> SimulationResult {
    var workload = workload
    if let seconds { workload.duration = .seconds(seconds) }
    return try Simulation(workload: workload, policy: policy, seed: seed).run()
}

/// The median of three seeds by p99.
func median(_ workload: Workload, _ policy: any Policy, seconds: Int? = nil) throws -> SimulationResult {
    let results = try (1...3).map { try run(workload, policy, seconds: seconds, seed: $0) }
    return results.sorted { $0.latency.p99 < $1.latency.p99 }[1]
}

func table(_ title: String, _ workload: Workload, seconds: Int? = nil) throws -> [(
    name: String, result: SimulationResult
)] {
    let results = try policies.map { (name: $0.0, result: try median(workload, $0.1, seconds: seconds)) }
    print("\n### \(title)\n\n\(ResultTable(results))")
    return results
}

// Requests of different size.
let bimodal = try table("V3 bimodal, load 0.7", .bimodal(load: 0.7), seconds: 300)
try save(
    BarChart(
        title: "One request in twenty takes 100 times as long: p99 by policy, load 0.7",
        label: "p99 latency, ms",
        bars: bimodal.map { ($0.name, $0.result.latency.p99) }
    ).svg,
    "size-p99"
)
_ = try table("V3 bimodal, load 0.9", .bimodal(load: 0.9), seconds: 300)
_ = try table("V3 pareto, load 0.9", .pareto(load: 0.9), seconds: 120)
_ = try table("V3b, two of eight at half speed, load 0.85", .halfSpeed(), seconds: 120)

// Load against latency: when to add a replica.
let loads = [0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
let curves = try ["round robin", "two choices", "least requests"].map { name in
    LineChart.Series(
        name,
        try loads.map { load in
            let policy = policies.first { $0.0 == name }?.1 ?? RoundRobin()
            return (load * 100, try median(.bimodal(load: load), policy, seconds: 120).latency.p99)
        }
    )
}
try save(
    LineChart(
        title: "When to add a replica: latency against load",
        xLabel: "load, % of all cores",
        yLabel: "p99 latency, ms",
        series: curves,
        isLogarithmic: true
    ).svg,
    "load-p99"
)

// The age of reports.
let ages = [0.05, 0.1, 0.25, 0.5, 1, 2, 5]
let aged = try ["lowest reported", "least utilised", "round robin"].map { name in
    LineChart.Series(
        name,
        try ages.map { age in
            var workload = Workload.bimodal(load: 0.7)
            workload.reportInterval = .milliseconds(Int(age * 1_000))
            let policy = policies.first { $0.0 == name }?.1 ?? RoundRobin()
            return (age, try median(workload, policy, seconds: 60).latency.p90)
        }
    )
}
try save(
    LineChart(
        title: "A bare CPU report is worse than none as soon as it has any age",
        xLabel: "seconds between reports",
        yLabel: "p90 latency, ms",
        series: aged,
        isLogarithmic: true
    ).svg,
    "report-age"
)

// A newcomer.
let newcomers: [(String, any Policy)] = [
    ("round robin", RoundRobin()), ("lowest reported", LowestReported()),
    ("least requests", LeastRequests(choices: .all)),
    ("newest first", NewestFirst(LeastRequests(choices: .all))),
    ("newest first, ramp", NewestFirst(LeastRequests(choices: .all), ramp: .seconds(10))),
]
for cold in [false, true] {
    let results = try newcomers.map { (name: $0.0, result: try median(.scaleOut(cold: cold), $0.1)) }
    print("\n### V4, a fifth replica joins \(cold ? "cold" : "warm")\n\n\(ResultTable(results))")
    let lines = results.map { name, result in
        LineChart.Series(
            name,
            (result.newcomer?.inFlight ?? []).prefix(120).enumerated().map { (Double($0) / 10, Double($1) + 0.5) }
        )
    }
    try save(
        LineChart(
            title: "How a \(cold ? "cold" : "warm") newcomer fills",
            xLabel: "seconds since it joined",
            yLabel: "requests in flight on it",
            series: lines,
            isLogarithmic: true
        ).svg,
        cold ? "newcomer-cold" : "newcomer-warm"
    )
}

// Many balancers, neighbours and more than the allotment.
let fleet = ["round robin", "two choices", "utilisation-weighted", "Prequal"]
var rows: [(name: String, result: SimulationResult)] = []
let steps = try fleet.map { name in
    LineChart.Series(
        name,
        try (0...8).map { step in
            var workload = Workload.antagonists(step: step)
            workload.warmUp = .seconds(15)
            let policy = policies.first { $0.0 == name }?.1 ?? RoundRobin()
            let result = try run(workload, policy, seconds: 20)
            if step == 5 { rows.append((name, result)) }
            return (75 * pow(10.0 / 9, Double(step)), result.latency.p99)
        }
    )
}
print("\n### V1, load 1.27 of all allotments\n\n\(ResultTable(rows))")
try save(
    LineChart(
        title: "100 balancers, 100 replicas with neighbours: p99 past 100 % of the allotment",
        xLabel: "load, % of the allotment",
        yLabel: "p99 latency, ms",
        series: steps,
        isLogarithmic: true
    ).svg,
    "fleet-p99"
)

// Autoscaling targets.
print(
    """

    ### Autoscaling by CPU, load that triples in a minute

    | target | p99 ms | errors % | replica-seconds |
    | ---: | ---: | ---: | ---: |
    """
)
for target in [0.5, 0.6, 0.7, 0.8, 0.9] {
    let servers = [ServerSpecification](repeating: ServerSpecification(cores: 2), count: 4)
    var workload = Workload(name: "growth", servers: servers, load: 0.5, work: .exponential(mean: 0.02))
    workload.profile = { seconds in 1 + min(2, max(0, seconds - 30) / 60) }
    workload.autoscaling = Autoscaling(
        configuration: HorizontalScaler.Configuration(minimum: 2, maximum: 30),
        targetUtilisation: target
    )
    let result = try median(workload, LeastRequests(choices: .all), seconds: 240)
    print(
        "| \(target) | \(Int(result.latency.p99)) | \(Double(Int(result.errorShare * 10_000)) / 100) "
            + "| \(result.replicaSeconds) |"
    )
}
