// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a number of containers that were alive at once needed, by one contender.
struct CrowdRow {
    let name: String
    let count: Int
    /// From nothing until all of them run.
    let start: Duration
    /// What the process that embeds the library grew by; a command line leaves no process of its own.
    var memory: Int?
    /// To measure what each of them uses; `nil` for a runtime without such a command.
    var measurement: Duration?
    /// From all of them running to nothing left.
    let end: Duration

    /// The rows as a table in Markdown.
    static func table(_ rows: [CrowdRow]) -> String {
        let heads = [
            "", "alive", "start, ms each", "all, s", "parent memory, KB each", "stats, ms each", "all, s",
            "end, ms each", "all, s",
        ]
        let rule = "| --- |" + String(repeating: " ---: |", count: heads.count - 1)
        let lines = rows.map { "| " + $0.cells.joined(separator: " | ") + " |" }
        return (["### Alive at once", "", "| " + heads.joined(separator: " | ") + " |", rule] + lines + [""])
            .joined(separator: "\n")
    }

    private var cells: [String] {
        [name, String(count)] + pair(start)
            + [memory.map { (Double(max(0, $0)) / 1000 / Double(count)).rounded(to: 1) } ?? ""]
            + (measurement.map(pair) ?? ["", ""]) + pair(end)
    }

    private func pair(_ duration: Duration) -> [String] {
        [(duration.milliseconds / Double(count)).rounded(to: 2), (duration.milliseconds / 1000).rounded(to: 2)]
    }
}
