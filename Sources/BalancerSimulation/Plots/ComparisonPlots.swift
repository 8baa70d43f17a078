// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// The pictures of a comparison.
public struct ComparisonPlots: Sendable {
    private let workload: Workload
    private let rows: [Comparison.Row]

    /// Draws a comparison.
    ///
    /// - Parameters:
    ///   - workload: What was simulated.
    ///   - rows: Its results, one at least.
    public init(workload: Workload, rows: [Comparison.Row]) {
        self.workload = workload
        self.rows = rows
    }

    /// The pictures as SVG, each under a short name: `latency`, `distribution`, `time`, `in-flight`, and `replicas` if
    /// their number changes.
    public var pictures: [(name: String, svg: String)] {
        var pictures = [
            ("latency", latency.svg), ("distribution", distribution.svg),
            ("time", overTime("p99 latency of each second", "ms", isLogarithmic: true) { $0.p99 }.svg),
            (
                "in-flight",
                overTime("Requests on all replicas", "requests", isLogarithmic: true) { Double($0.inFlight) }.svg
            ),
        ]
        if rows.contains(where: { Set($0.median.timeline.map(\.replicas)).count > 1 }) {
            pictures.append(
                ("replicas", overTime("Replicas", "replicas", isLogarithmic: false) { Double($0.replicas) }.svg)
            )
        }
        return pictures
    }

    private var latency: QuantileChart {
        QuantileChart(
            title: "\(workload.name): the median and the tail of each policy",
            rows: rows.map { ($0.name, $0.median.latency) }
        )
    }

    /// Latency by share of requests, with as much room for each further nine.
    private var distribution: LineChart {
        var chart = LineChart(
            title: "\(workload.name): how many requests take how long",
            xLabel: "share of requests that are quicker",
            yLabel: "latency, ms",
            series: rows.map { row in
                LineChart.Series(row.name, row.median.distribution.enumerated().map { (Double($0) / 10, $1) })
            },
            isLogarithmic: true
        )
        chart.xTicks = [(0, "0"), (1, "90 %"), (2, "99 %"), (3, "99.9 %"), (4, "99.99 %")]
        return chart
    }

    private func overTime(
        _ what: String,
        _ unit: String,
        isLogarithmic: Bool,
        _ value: (SimulationResult.Moment) -> Double
    ) -> LineChart {
        let seconds = rows.map(\.median.timeline.count).max() ?? 0
        // No more points than the eye can tell apart: of several seconds the largest.
        let width = max(1, (seconds + 199) / 200)
        var chart = LineChart(
            title: "\(workload.name): \(what)",
            xLabel: "seconds",
            yLabel: what + (unit == "ms" ? ", ms" : ""),
            series: rows.map { row in
                LineChart.Series(row.name, Self.largest(of: row.median.timeline, by: width, value))
            },
            isLogarithmic: isLogarithmic
        )
        chart.marks = workload.faults.flatMap { fault in
            let isOver = fault.end.map { $0 > fault.start } == true
            return [(fault.start.inSeconds, fault.word)] + (isOver ? [((fault.end ?? .zero).inSeconds, "over")] : [])
        }
        return chart
    }

    private static func largest(
        of timeline: [SimulationResult.Moment],
        by width: Int,
        _ value: (SimulationResult.Moment) -> Double
    ) -> [(x: Double, y: Double)] {
        stride(from: 0, to: timeline.count, by: width).map { start in
            let part = timeline[start..<min(timeline.count, start + width)]
            return (Double(part[start].second), part.map(value).max() ?? 0)
        }
    }
}

extension Fault {
    /// What happens, in a word.
    fileprivate var word: String {
        switch kind {
        case .join: "join"
        case .slow: "slow"
        case .failFast: "fails fast"
        case .freeze: "freeze"
        case .die: "die"
        case .leave: "leave"
        }
    }
}
