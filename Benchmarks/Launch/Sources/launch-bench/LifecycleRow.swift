// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What one contender needed for each thing that is done to a running container.
struct LifecycleRow {
    let name: String
    var exec = Samples()
    var pause = Samples()
    var resume = Samples()

    /// The rows as a table in Markdown; the first is what the others are compared with.
    static func table(_ rows: [LifecycleRow]) -> String {
        var lines = [
            "### A running container", "",
            "| | exec: median ms | p99 ms | ratio | pause: median ms | p99 ms | ratio | resume: median ms | p99 ms | ratio |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for row in rows {
            var cells = [row.name]
            for path in [\LifecycleRow.exec, \.pause, \.resume] {
                let own = row[keyPath: path]
                let first = rows[0][keyPath: path].median
                cells += [
                    own.median.milliseconds.rounded(to: 2), own.quantile(0.99).milliseconds.rounded(to: 2),
                    (own.median / first).rounded(to: 1) + " ×",
                ]
            }
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        return (lines + [""]).joined(separator: "\n")
    }
}

extension Double {
    func rounded(to places: Int) -> String {
        let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
        let digits = String(Int((self * scale).rounded()))
        guard places > 0 else { return digits }
        let padded = String(repeating: "0", count: Swift.max(0, places + 1 - digits.count)) + digits
        return padded.dropLast(places) + "." + padded.suffix(places)
    }
}
