// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import BalancerSimulation

// One balancer in front of a few replicas.

/// What round robin costs when requests differ in size: V3.
func sizes(_ page: Page) async throws {
    for load in [0.7, 0.9] {
        let rows = try await page.compare(.bimodal(load: load), NamedPolicy.usual, seconds: 600)
        try page.put(ResultTable(rows).description, at: "bimodal-\(load)")
        let title = "One request in twenty takes a hundred times as long: latencies at load \(load)"
        let chart = QuantileChart(title: title, rows: rows.map { ($0.name, $0.median.latency) })
        try page.draw(chart.svg, as: "sizes-\(load == 0.7 ? "70" : "90")")
    }
    for load in [0.7, 0.9] {
        let rows = try await page.compare(.pareto(load: load), NamedPolicy.usual, seconds: 600)
        try page.put(ResultTable(rows).description, at: "pareto-\(load)")
    }
}

/// Two replicas at half speed: V3b.
func slowReplicas(_ page: Page) async throws {
    let rows = try await page.compare(.halfSpeed(), NamedPolicy.usual, seconds: 600)
    try page.put(ResultTable(rows).description, at: "half-speed")
}

/// Containers that are held to quotas: V5, and the same with quotas of two sizes.
func quotas(_ page: Page) async throws {
    let policies = try NamedPolicy.list("round-robin,two-choices,least-requests,peak-ewma,least-utilised")
    var cells: [[String]] = []
    for load in [0.5, 0.7, 0.8, 0.9] {
        var unequal = Workload.quotas(load: load)
        for index in 0..<3 { unequal.servers[index].cores *= 2 }
        unequal.arrivalRate *= 1.5
        for (name, workload) in [("equal", Workload.quotas(load: load)), ("unequal", unequal)] {
            let rows = try await page.compare(workload, policies, seconds: 300)
            cells.append(["\(Int((load * 100).rounded())) %, \(name)"] + rows.map { brief($0.median.latency.p99) })
        }
    }
    try page.put(markdown(["load, quotas"] + policies.map { "\($0.name) p99 ms" }, cells), at: "quotas")
}

/// Latency against load.
func loads(_ page: Page) async throws {
    let policies = try NamedPolicy.list("round-robin,two-choices,least-requests,prequal")
    let loads = [0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
    var points = [[(x: Double, y: Double)]](repeating: [], count: policies.count)
    var cells: [[String]] = []
    for load in loads {
        let rows = try await page.compare(.bimodal(load: load), policies, seconds: 300)
        for (index, row) in rows.enumerated() { points[index].append((load * 100, row.median.latency.p99)) }
        cells.append(["\(Int((load * 100).rounded())) %"] + rows.map { brief($0.median.latency.p99) })
    }
    try page.put(markdown(["load"] + policies.map(\.name), cells), at: "loads")
    let series = zip(policies, points).map { LineChart.Series($0.name, $1) }
    let chart = LineChart(
        title: "p99 against load: where the curve of your policy turns up, add a replica",
        xLabel: "load, % of all cores",
        yLabel: "p99 latency, ms",
        series: series,
        isLogarithmic: true
    )
    try page.draw(chart.svg, as: "loads")
}

/// A bare report against one that is corrected, by the interval of reports.
func reports(_ page: Page) async throws {
    let policies = try NamedPolicy.list("lowest-reported,least-utilised,round-robin,least-requests")
    var points = [[(x: Double, y: Double)]](repeating: [], count: policies.count)
    var cells: [[String]] = []
    for milliseconds in [20, 50, 100, 250, 500, 1_000, 2_000, 5_000] {
        var workload = Workload.bimodal(load: 0.7)
        workload.reportInterval = .milliseconds(milliseconds)
        let rows = try await page.compare(workload, policies, seconds: 120)
        for (index, row) in rows.enumerated() {
            points[index].append((Double(milliseconds) / 1_000, row.median.latency.p90))
        }
        cells.append(["\(milliseconds) ms"] + rows.map { brief($0.median.latency.p90) })
    }
    try page.put(markdown(["reports every"] + policies.map { "\($0.name) p90 ms" }, cells), at: "reports")
    var chart = LineChart(
        title: "One balancer: a bare CPU report is worse than none as soon as it has any age",
        xLabel: "seconds between reports",
        yLabel: "p90 latency, ms",
        series: zip(policies, points).map { LineChart.Series($0.name, $1) },
        isLogarithmic: true
    )
    chart.hasLogarithmicX = true
    try page.draw(chart.svg, as: "reports")
}

/// How a newcomer fills: V4.
func newcomers(_ page: Page) async throws {
    let policies = try NamedPolicy.list(
        "round-robin,lowest-reported,least-requests,newest-first(lowest-reported),newest-first(round-robin),"
            + "newest-first-ramp(round-robin),newest-first(least-requests),newest-first-ramp(least-requests)"
    )
    for cold in [false, true] {
        let rows = try await page.compare(.scaleOut(cold: cold), policies, seconds: 40)
        let name = cold ? "cold" : "warm"
        try page.put(ResultTable(rows).description, at: "newcomer-\(name)")
        let shown =
            ["round-robin", "lowest-reported", "least-requests", "newest-first(round-robin)"]
            + (cold ? ["newest-first-ramp(round-robin)"] : [])
        let lines = rows.filter { shown.contains($0.name) }.map { row in
            LineChart.Series(row.name, filling(row))
        }
        let chart = LineChart(
            title: "How a \(name) newcomer fills (mean of three seeds)",
            xLabel: "seconds since it joined",
            yLabel: "requests in flight on it",
            series: lines,
            isLogarithmic: true
        )
        try page.draw(chart.svg, as: "newcomer-\(name)")
    }
}

/// Requests in flight on the newcomer: the seeds' mean over each half second.
private func filling(_ row: Comparison.Row) -> [(x: Double, y: Double)] {
    let runs = row.results.compactMap { $0.newcomer?.inFlight }
    return stride(from: 0, to: 120, by: 5).compactMap { start in
        let values = runs.flatMap { $0.dropFirst(start).prefix(5) }
        guard !values.isEmpty else { return nil }
        // Nothing at all would fall off a logarithmic axis.
        return (Double(start) / 10 + 0.25, max(0.1, Double(values.reduce(0, +)) / Double(values.count)))
    }
}

/// A replica that freezes, and one that fails fast.
func faults(_ page: Page) async throws {
    let policies = try NamedPolicy.list("round-robin,two-choices,least-requests,least-utilised,peak-ewma,prequal")
    let cases: [(name: String, fault: Fault)] = [
        ("freezes", .freeze(server: 2, at: .seconds(20), until: .seconds(40))),
        ("fails fast", .failFast(server: 2, at: .seconds(20), until: .seconds(40))),
        ("dies, noticed after 5 s", .die(server: 2, at: .seconds(20), until: .seconds(40), noticedAfter: .seconds(5))),
    ]
    var cells = policies.map { [$0.name] }
    for fault in cases {
        var workload = Workload.bimodal(load: 0.5)
        workload.faults = [fault.fault]
        workload.duration = page.seconds(60)
        for ejects in [false, true] {
            var comparison = Comparison(workload: workload, policies: policies)
            comparison.configuration.outlierDetection = ejects ? OutlierDetection() : nil
            for (index, row) in try await comparison.run().enumerated() {
                cells[index].append(brief(row.median.errorShare * 100))
            }
        }
    }
    let header = cases.flatMap { ["\($0.name): errors %", "with ejection"] }
    try page.put(markdown(["policy"] + header, cells), at: "faults")
}
