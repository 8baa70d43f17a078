// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Results beside each other as a table in Markdown, which reads well in a terminal too.
///
/// Latencies are in milliseconds, requests in flight and utilisation those of each replica.
public struct ResultTable: Sendable, CustomStringConvertible {
    private let header: [String]
    private let rows: [[String]]

    /// Creates a table of results.
    ///
    /// - Parameter results: Each result with its name, in order.
    public init(_ results: [(name: String, result: SimulationResult)]) {
        self.init(results.map { Comparison.Row(name: $0.name, results: [$0.result]) })
    }

    /// Creates a table of a comparison: of each policy the seed in the middle, and how far the seeds are apart.
    ///
    /// - Parameter rows: The comparison's rows.
    public init(_ rows: [Comparison.Row]) {
        let hasSeeds = rows.contains { $0.results.count > 1 }
        let scales = rows.contains { row in Set(row.median.timeline.map(\.replicas)).count > 2 }
        // Of many that come and go the last tells little.
        let hasNewcomer = !scales && rows.contains { $0.median.newcomer != nil }
        header =
            ["policy", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms"] + (hasSeeds ? ["p99 of seeds"] : [])
            + ["errors %", "in flight p50", "p99", "utilisation p50", "p99", "max"]
            + (hasNewcomer ? ["newcomer's most", "p99 after ms"] : []) + (scales ? ["replica-seconds"] : [])
        self.rows = rows.map { row in
            let result = row.median
            let range = row.p99Range
            let newcomer = result.newcomer.map { ["\($0.mostInFlight)", Self.number($0.p99)] } ?? ["", ""]
            let latency = result.latency
            return [row.name] + [latency.p50, latency.p90, latency.p99, latency.p999].map(Self.number)
                + (hasSeeds ? ["\(Self.number(range.lowerBound))–\(Self.number(range.upperBound))"] : [])
                + [
                    result.errorShare * 100, result.inFlight.p50, result.inFlight.p99, result.utilisation.p50,
                    result.utilisation.p99, result.utilisation.maximum,
                ].map(Self.number)
                + (hasNewcomer ? newcomer : []) + (scales ? ["\(result.replicaSeconds)"] : [])
        }
    }

    /// The table.
    public var description: String {
        let columns = header.indices.map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        let lines = ([header] + rows).map { row in
            "| "
                + zip(row, columns).enumerated().map { Self.pad($1.0, to: $1.1, left: $0 > 0) }.joined(separator: " | ")
                + " |"
        }
        let rule = columns.enumerated().map {
            String(repeating: "-", count: max(1, $1 - ($0 > 0 ? 1 : 0))) + ($0 > 0 ? ":" : "")
        }
        return ([lines[0], "| " + rule.joined(separator: " | ") + " |"] + lines.dropFirst()).joined(separator: "\n")
    }

    private static func pad(_ text: String, to width: Int, left: Bool) -> String {
        let spaces = String(repeating: " ", count: max(0, width - text.count))
        return left ? spaces + text : text + spaces
    }

    /// A number with three significant digits or as many as it has before the point.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
        let scale = [1.0, 10.0, 100.0][digits]
        let scaled = Int((value * scale).rounded())
        guard digits > 0 else { return "\(scaled)" }
        let (whole, part) = abs(scaled).quotientAndRemainder(dividingBy: Int(scale))
        let fraction = String(part)
        let padded = String(repeating: "0", count: digits - fraction.count) + fraction
        return (scaled < 0 ? "-" : "") + "\(whole).\(padded)"
    }
}
