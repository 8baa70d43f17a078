// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The figures of a scenario as a table in Markdown.
struct ResultTable {
    let scenario: Scenario
    let samples: [Samples]
    /// The system calls of a launch, by contender.
    let systemCalls: [String: Int]

    var text: String {
        let heads = [
            "", "median ms", "p99 ms", "against", "faster than crun", "launches/s", "system calls", "launches",
        ]
        let rows = zip(scenario.contenders, samples).map { row(for: $0, $1) }
        let widths = heads.indices.map { column in ([heads] + rows).map { $0[column].count }.max() ?? 0 }
        let rule = widths.enumerated().map { column, width in
            column == 0 ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
        }
        let lines = ([heads, rule] + rows).map { cells in
            "| " + cells.indices.map { pad(cells[$0], to: widths[$0], left: $0 == 0) }.joined(separator: " | ") + " |"
        }
        return (["### \(scenario.title)", ""] + lines + [""]).joined(separator: "\n")
    }

    private func row(for contender: Contender, _ samples: Samples) -> [String] {
        [
            contender.name,
            decimal(samples.median.milliseconds),
            decimal(samples.quantile(0.99).milliseconds),
            ratioToBaseline(contender, samples),
            median(of: "crun").map { decimal($0 / samples.median) + " ×" } ?? "",
            decimal(Double(scenario.inFlight) / (samples.mean / .seconds(1)), places: 0),
            systemCalls[contender.name].map(String.init) ?? "",
            String(samples.count),
        ]
    }

    private func ratioToBaseline(_ contender: Contender, _ samples: Samples) -> String {
        guard let baseline = contender.baseline, let median = median(of: baseline) else { return "" }
        return "\(decimal(samples.median / median)) × \(baseline)"
    }

    private func median(of name: String) -> Duration? {
        scenario.contenders.firstIndex { $0.name == name }.map { samples[$0].median }
    }

    private func pad(_ text: String, to width: Int, left: Bool) -> String {
        let space = String(repeating: " ", count: width - text.count)
        return left ? text + space : space + text
    }

    private func decimal(_ value: Double, places: Int = 2) -> String {
        guard value.isFinite else { return "" }
        let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
        let digits = String(Int((value * scale).rounded()))
        guard places > 0 else { return digits }
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return padded.dropLast(places) + "." + padded.suffix(places)
    }
}
