// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import BalancerSimulation
import Foundation

// What algorithms promise, and when to add a replica.

/// Balls into bins, keys that move, bounded loads.
func placement(_ page: Page) async throws {
    let sizes = [100, 1_000, 10_000, 100_000]
    let choices = try sizes.map { size in
        let two = try (1...3).map { try Placement(requests: size, on: size, by: LeastRequests(), seed: $0).most }
        let one = try (1...3).map { try Placement(requests: size, on: size, by: UniformRandom(), seed: $0).most }
        let law = log(log(Double(size))) / log(2)
        return ["\(size)", list(two), brief(law), list(one)]
    }
    try page.put(
        markdown(
            ["endpoints and requests", "most on one: two choices", "ln ln n / ln 2", "one random choice"],
            choices
        ),
        at: "two-choices"
    )
    let moved = try [3, 10, 100].map { size in
        let policies: [any Policy] = [Maglev(), RingHash(), Ketama()]
        return ["\(size)", brief(100 / Double(size))]
            + (try policies.map { policy in
                brief(100 * (try Placement.moved(by: 1, of: size, keys: 100_000, policy: policy, seed: 7)))
            })
    }
    try page.put(
        markdown(["endpoints", "ideal, % of keys", "Maglev", "ring hash", "ketama"], moved),
        at: "disruption"
    )
    let bounded = try [1.05, 1.25, 2].map { factor in
        let policy = try BoundedLoad(Maglev(), factor: factor)
        let placement = try Placement(requests: 1_000, on: 100, by: policy, seed: 3)
        let plain = try Placement(requests: 1_000, on: 100, by: Maglev(), seed: 3)
        return ["\(factor)", "\(Int((factor * 10).rounded(.up)))", "\(placement.most)", "\(plain.most)"]
    }
    try page.put(
        markdown(["1 + ε", "bound for 1,000 requests on 100", "most on one", "without a bound"], bounded),
        at: "bounded"
    )
}

private func list(_ values: [Int]) -> String { values.map(String.init).joined(separator: ", ") }

/// A load that triples within a minute, by the autoscaler's target.
func scaling(_ page: Page) async throws {
    let policy = try NamedPolicy.list("least-requests")
    var cells: [[String]] = []
    var lines: [LineChart.Series] = []
    for target in [0.5, 0.6, 0.7, 0.8, 0.9] {
        var workload = growing()
        workload.autoscaling = Autoscaling(
            configuration: HorizontalScaler.Configuration(minimum: 2, maximum: 30),
            targetUtilisation: target
        )
        let rows = try await page.compare(workload, policy, seconds: 240)
        cells.append(row("CPU \(target)", rows[0]))
        lines.append(LineChart.Series("target \(target)", rows[0].median.timeline.map { (Double($0.second), $0.p99) }))
    }
    for target in [1.5, 2, 3, 4] {
        var workload = growing()
        var configuration = ConcurrencyScaler.Configuration()
        configuration.targetConcurrency = target
        configuration.targetUtilisation = 1
        configuration.minimum = 2
        configuration.maximum = 30
        workload.autoscaling = Autoscaling(concurrency: configuration)
        cells.append(row("\(target) in flight", try await page.compare(workload, policy, seconds: 240)[0]))
    }
    try page.put(markdown(["target", "p99 ms", "p99.9 ms", "errors %", "replica-seconds"], cells), at: "scaling")
    let chart = LineChart(
        title: "A load that triples in a minute, by the autoscaler's CPU target",
        xLabel: "seconds; the load grows from 30 to 150",
        yLabel: "p99 of each second, ms",
        series: lines,
        isLogarithmic: true
    )
    try page.draw(chart.svg, as: "scaling")
}

private func growing() -> Workload {
    let servers = [ServerSpecification](repeating: ServerSpecification(cores: 2), count: 4)
    var workload = Workload(name: "growth", servers: servers, load: 0.5, work: .exponential(mean: 0.02))
    workload.profile = { seconds in 1 + min(2, max(0, seconds - 30) / 60) }
    return workload
}

private func row(_ name: String, _ row: Comparison.Row) -> [String] {
    let result = row.median
    return [
        name, brief(result.latency.p99), brief(result.latency.p999), brief(result.errorShare * 100),
        "\(result.replicaSeconds)",
    ]
}

/// How long a million requests take to simulate; prints, and leaves the page alone.
func speed(_ page: Page) async throws {
    var workload = Workload.bimodal(load: 0.9)
    workload.warmUp = .zero
    workload.duration = page.seconds(Int(1_000_000 / workload.arrivalRate) + 1)
    for policy in NamedPolicy.usual {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try Simulation(workload: workload, policy: policy.policy, seed: 1).run()
        print("| \(policy.name) | \(result.requests) | \(clock.now - start) |")
    }
}
