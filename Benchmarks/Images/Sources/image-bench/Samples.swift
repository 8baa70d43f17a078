// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The times of one contender.
struct Samples {
    private var times: [Duration] = []

    mutating func append(_ time: Duration) {
        times.append(time)
    }

    var median: Duration { sorted[times.count / 2] }
    /// With few rounds the p99 is the slowest.
    var slowest: Duration { sorted[times.count - 1] }
    private var sorted: [Duration] { times.sorted() }
}

/// Figures as a table in Markdown.
enum Table {
    static func text(_ scenario: Scenario, _ samples: [Samples]) -> String {
        let first = samples[0].median
        let heads = ["", "median ms", "slowest ms", "ratio"]
        let rows = zip(scenario.contenders, samples).map { contender, samples in
            [
                contender.name, milliseconds(samples.median), milliseconds(samples.slowest),
                "\(hundredths(samples.median / first)) ×",
            ]
        }
        let widths = heads.indices.map { column in ([heads] + rows).map { $0[column].count }.max() ?? 0 }
        let rule = widths.enumerated().map { column, width in
            column == 0 ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
        }
        let lines = ([heads, rule] + rows).map { cells in
            "| " + cells.indices.map { pad(cells[$0], widths[$0], isLeft: $0 == 0) }.joined(separator: " | ") + " |"
        }
        return "### \(scenario.title)\n\n" + lines.joined(separator: "\n") + "\n"
    }

    private static func milliseconds(_ time: Duration) -> String { "\(Int((time / .milliseconds(1)).rounded()))" }

    private static func hundredths(_ value: Double) -> String {
        let digits = String(Int((value * 100).rounded()))
        let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        return "\(padded.dropLast(2)).\(padded.suffix(2))"
    }

    private static func pad(_ text: String, _ width: Int, isLeft: Bool) -> String {
        let space = String(repeating: " ", count: width - text.count)
        return isLeft ? text + space : space + text
    }
}
