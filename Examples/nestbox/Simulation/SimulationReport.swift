// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import BalancerSimulation

/// The results of a simulation, as they are printed.
struct SimulationReport {
    let workload: Workload
    let seeds: [UInt64]
    let load: Double?
    let rows: [Comparison.Row]

    /// Prints a table.
    func show(isOnly: Bool) {
        let load = load.map { ", load \($0)" } ?? ""
        let seconds = workload.duration.components.seconds
        let seeds = seeds.count == 1 ? "1 seed" : "\(seeds.count) seeds"
        print("\(workload.name)\(load): \(Int(workload.arrivalRate.rounded())) requests/s, \(seconds) s, \(seeds)\n")
        print(ResultTable(rows))
        if !isOnly { print() }
    }
}

extension SimulationReport: Encodable {
    private enum Key: String, CodingKey {
        case workload, load, requestsPerSecond, measuredSeconds, seeds, policies
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(workload.name, forKey: .workload)
        try container.encodeIfPresent(load, forKey: .load)
        try container.encode(workload.arrivalRate, forKey: .requestsPerSecond)
        let (seconds, attoseconds) = workload.duration.components
        try container.encode(Double(seconds) + Double(attoseconds) / 1e18, forKey: .measuredSeconds)
        try container.encode(seeds, forKey: .seeds)
        try container.encode(rows.map(PolicyReport.init), forKey: .policies)
    }
}

/// One policy's results.
private struct PolicyReport: Encodable {
    struct Spread: Encodable {
        let p50, p90, p99, p999, max, mean: Double

        init(_ quantiles: Quantiles) {
            (p50, p90, p99) = (quantiles.p50, quantiles.p90, quantiles.p99)
            (p999, max, mean) = (quantiles.p999, quantiles.maximum, quantiles.mean)
        }
    }

    struct Newcomer: Encodable {
        let mostInFlight: Int
        let p99Milliseconds: Double
    }

    let policy: String
    let requests: Int
    let latencyMilliseconds: Spread
    /// Of each seed, in order.
    let p99OfSeeds: [Double]
    let errorPercent: Double
    let inFlight: Spread
    let utilisation: Spread
    let replicaSeconds: Int
    let newcomer: Newcomer?

    init(_ row: Comparison.Row) {
        let result = row.median
        policy = row.name
        requests = result.requests
        latencyMilliseconds = Spread(result.latency)
        p99OfSeeds = row.results.map(\.latency.p99)
        errorPercent = result.errorShare * 100
        inFlight = Spread(result.inFlight)
        utilisation = Spread(result.utilisation)
        replicaSeconds = result.replicaSeconds
        newcomer = result.newcomer.map { Newcomer(mostInFlight: $0.mostInFlight, p99Milliseconds: $0.p99) }
    }
}
