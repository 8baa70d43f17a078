// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Results beside each other as a table in Markdown, which reads well in a terminal too.
public struct ResultTable: Sendable, CustomStringConvertible {
    private let header: [String]
    private var rows: [[String]] = []

    /// Creates a table of results.
    ///
    /// - Parameter results: Each result with its name, in order.
    public init(_ results: [(name: String, result: SimulationResult)]) {
        let showsNewcomer = results.contains { $0.result.newcomer != nil }
        header =
            [
                "policy", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "errors %", "in flight p50", "p99",
                "utilisation p50", "p99", "max",
            ] + (showsNewcomer ? ["newcomer's most", "p99 after ms"] : [])
        rows = results.map { name, result in
            let newcomer = result.newcomer.map { ["\($0.mostInFlight)", Self.number($0.p99)] } ?? ["", ""]
            return [
                name, Self.number(result.latency.p50), Self.number(result.latency.p90),
                Self.number(result.latency.p99), Self.number(result.latency.p999),
                Self.number(result.errorShare * 100), Self.number(result.inFlight.p50),
                Self.number(result.inFlight.p99), Self.number(result.utilisation.p50),
                Self.number(result.utilisation.p99), Self.number(result.utilisation.maximum),
            ] + (showsNewcomer ? newcomer : [])
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
