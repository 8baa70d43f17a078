// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import BalancerSimulation
import Foundation

/// The page whose tables and figures are made anew.
struct Page {
    private let document: URL
    private let figures: URL
    let isQuick: Bool

    init(root: URL, isQuick: Bool) {
        document = root.appendingPathComponent("Docs/WhichPolicy.md")
        figures = root.appendingPathComponent("Docs/figures")
        self.isQuick = isQuick
    }

    /// Puts a table between its marks, `<!-- results: NAME -->` and `<!-- end -->`.
    func put(_ table: String, at name: String) throws {
        let text = try String(contentsOf: document, encoding: .utf8)
        guard let start = text.range(of: "<!-- results: \(name) -->\n"),
            let end = text.range(of: "<!-- end -->", range: start.upperBound..<text.endIndex)
        else {
            throw PageError(description: "\(document.path) has no mark for the results '\(name)'")
        }
        print("\n\(name)\n\n\(table)\n")
        let updated = text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: "\n\(table)\n\n")
        try updated.write(to: document, atomically: true, encoding: .utf8)
    }

    /// Writes a figure.
    func draw(_ svg: String, as name: String) throws {
        try Data(svg.utf8).write(to: figures.appendingPathComponent("\(name).svg"))
    }

    /// The simulated time, or a tenth of it.
    func seconds(_ count: Int) -> Duration { .seconds(isQuick ? max(2, count / 10) : count) }

    /// Runs named policies on a workload for a time.
    func compare(
        _ workload: Workload,
        _ policies: [NamedPolicy],
        seconds count: Int,
        seeds: [UInt64] = [1, 2, 3]
    ) async throws -> [Comparison.Row] {
        var workload = workload
        workload.duration = seconds(count)
        return try await Comparison(workload: workload, policies: policies, seeds: seeds).run()
    }
}

struct PageError: Error, CustomStringConvertible {
    let description: String
}

/// A plain table in Markdown.
func markdown(_ header: [String], _ rows: [[String]]) -> String {
    let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |" }
    let rule = "| --- |" + String(repeating: " ---: |", count: header.count - 1)
    return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
}

/// A number with three significant digits, or all before the point.
func brief(_ value: Double) -> String {
    let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
    return String(format: "%.\(digits)f", value)
}
