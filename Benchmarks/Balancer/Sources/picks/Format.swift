// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Text for tables in Markdown.
enum Format {
    static func number(_ value: Double, digits: Int = 1) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((value * scale).rounded())
        guard digits > 0 else { return grouped(scaled) }
        let fraction = String(scaled % Int(scale))
        return grouped(scaled / Int(scale)) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var text = ""
        while digits.count > 3 {
            text = "," + digits.suffix(3) + text
            digits.removeLast(3)
        }
        return digits + text
    }

    static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    static func header(_ cells: [String]) -> String {
        row(cells) + "\n" + row(cells.enumerated().map { $0.offset == 0 ? "---" : "---:" })
    }
}
