// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import BalancerSimulation

// Many balancers in front of many replicas.

/// How many balancers the correction of a report bears.
func balancers(_ page: Page) async throws {
    let policies = try NamedPolicy.list("least-utilised,least-requests,two-choices,round-robin,prequal")
    var points = [[(x: Double, y: Double)]](repeating: [], count: policies.count)
    var cells: [[String]] = []
    for clients in [1, 2, 4, 8, 16, 32, 64] {
        var workload = Workload.bimodal(load: 0.8)
        workload.clients = clients
        let rows = try await page.compare(workload, policies, seconds: 120)
        for (index, row) in rows.enumerated() { points[index].append((Double(clients), row.median.latency.p99)) }
        cells.append(["\(clients)"] + rows.map { brief($0.median.latency.p99) })
    }
    try page.put(markdown(["balancers"] + policies.map { "\($0.name) p99 ms" }, cells), at: "balancers")
    var chart = LineChart(
        title: "Who sees only his own requests knows less, the more balancers there are",
        xLabel: "balancers in front of eight replicas, load 0.8",
        yLabel: "p99 latency, ms",
        series: zip(policies, points).map { LineChart.Series($0.name, $1) },
        isLogarithmic: true
    )
    chart.hasLogarithmicX = true
    try page.draw(chart.svg, as: "balancers")
}

/// The testbed by itself: V0.
func testbed(_ page: Page) async throws {
    let policies = try NamedPolicy.list(
        "round-robin,two-choices,lowest-reported,least-utilised,utilisation-weighted,prequal"
    )
    let rows = try await page.compare(.testbed(load: 1), policies, seconds: 40)
    try page.put(ResultTable(rows).description, at: "testbed")
}

/// Neighbours and loads past all allotments: V1.
func fleet(_ page: Page) async throws {
    let policies = try NamedPolicy.list("round-robin,two-choices,utilisation-weighted,least-utilised,prequal")
    var points = [[(x: Double, y: Double)]](repeating: [], count: policies.count)
    var cells: [[String]] = []
    for step in 0...8 {
        let rows = try await page.compare(.antagonists(step: step), policies, seconds: 40)
        let load = Workload.antagonistLoad(step: step) * 100
        for (index, row) in rows.enumerated() { points[index].append((load, row.median.latency.p99)) }
        cells.append(
            ["\(Int(load.rounded())) %"]
                + rows.map { row in
                    let errors = row.median.errorShare * 100
                    return brief(row.median.latency.p99) + (errors > 0 ? " (\(brief(errors)) %)" : "")
                }
        )
        if step == 8 { try page.put(ResultTable(rows).description, at: "fleet-most") }
    }
    try page.put(markdown(["load"] + policies.map(\.name), cells), at: "fleet")
    let chart = LineChart(
        title: "100 balancers, 100 replicas with neighbours: p99 past all allotments",
        xLabel: "load, % of the allotments",
        yLabel: "p99 latency, ms",
        series: zip(policies, points).map { LineChart.Series($0.name, $1) },
        isLogarithmic: true
    )
    try page.draw(chart.svg, as: "fleet")
}

/// More neighbours, and half of the replicas at half speed: V2.
func mixedFleet(_ page: Page) async throws {
    let policies = try NamedPolicy.list("round-robin,two-choices,utilisation-weighted,least-utilised,peak-ewma,prequal")
    for load in [0.7, 0.9] {
        let rows = try await page.compare(.mixedFleet(load: load), policies, seconds: 40)
        try page.put(ResultTable(rows).description, at: "mixed-\(load)")
    }
}

/// What Prequal's two main settings do.
func probes(_ page: Page) async throws {
    let workload = Workload.antagonists(step: 7)
    let rates = [0.03, 0.1, 0.25, 0.5, 1, 3]
    let byRate = rates.map { rate in
        var policy = Prequal()
        policy.probesPerRequest = rate
        policy.removalsPerRequest = min(1, rate / 3)
        return NamedPolicy("\(rate)", "", policy)
    }
    let rateRows = try await page.compare(workload, byRate, seconds: 40)
    try page.put(knob("probes per request", rateRows), at: "probe-rate")
    var chart = LineChart(
        title: "Prequal: probes per request",
        xLabel: "probes per request",
        yLabel: "latency, ms",
        series: [
            LineChart.Series("p99.9", zip(rates, rateRows).map { ($0, $1.median.latency.p999) }),
            LineChart.Series("p99", zip(rates, rateRows).map { ($0, $1.median.latency.p99) }),
        ],
        isLogarithmic: true
    )
    chart.hasLogarithmicX = true
    try page.draw(chart.svg, as: "probe-rate")

    let quantiles = [0, 0.5, 0.84, 0.95, 0.99, 1]
    let byQuantile = quantiles.map { quantile in
        var policy = Prequal()
        policy.hotQuantile = quantile
        return NamedPolicy("\(quantile)", "", policy)
    }
    let quantileRows = try await page.compare(workload, byQuantile, seconds: 40)
    try page.put(knob("Q_RIF", quantileRows), at: "hot-quantile")
}

private func knob(_ name: String, _ rows: [Comparison.Row]) -> String {
    markdown(
        [name, "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "errors %", "in flight p50", "p99"],
        rows.map { row in
            let result = row.median
            return [row.name]
                + [
                    result.latency.p50, result.latency.p90, result.latency.p99, result.latency.p999,
                    result.errorShare * 100, result.inFlight.p50, result.inFlight.p99,
                ].map(brief)
        }
    )
}
