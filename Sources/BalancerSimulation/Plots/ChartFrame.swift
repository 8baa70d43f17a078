// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What all charts have: size, colours, grid and letters.
struct ChartFrame {
    static let width = 760.0
    static let left = 70.0
    static let right = 600.0
    static let top = 62.0
    /// How many lines have colours of their own.
    static let colours = 9

    /// Where the plotted part ends.
    let bottom: Double

    /// A frame of the usual height.
    init() {
        bottom = 345
    }

    /// A frame with room for a number of rows.
    init(rows: Int) {
        bottom = Self.top + max(80, Double(rows) * 31)
    }

    private var height: Double { bottom + 60 }

    func picture(title: String, body: String) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(height))" role="img" \
        aria-label="\(Self.escaped(title))">
        <style>
        text { font: 12px system-ui, sans-serif; fill: #3d4451 } .title { font-size: 15px; font-weight: 600 }
        .end { text-anchor: end } .middle { text-anchor: middle } .axis { font-size: 12px }
        .back { fill: #ffffff } .grid { stroke: #d9dde3; stroke-width: 1; fill: none }
        .minor { stroke: #eef0f3; stroke-width: 1; fill: none } .mark { stroke: #6b7280; stroke-dasharray: 4 3 }
        .line { fill: none; stroke-width: 2.2; stroke-linejoin: round } .bar { fill: #2563a8 }
        .range { stroke: #b8bfca; stroke-width: 3; fill: none } .name { font-weight: 600 }
        \(Self.colourRules(Self.light))
        @media (prefers-color-scheme: dark) {
        .back { fill: #0d1117 } text { fill: #c9d1d9 } .grid { stroke: #30363d } .minor { stroke: #1c2129 }
        .bar { fill: #5b9bd8 } .range { stroke: #4b525c }
        \(Self.colourRules(Self.dark))
        }
        </style>
        <rect class="back" width="100%" height="100%"/>
        \(Self.label(title, x: 20, y: 28, class: "title"))\(body)</svg>

        """
    }

    func grid(x: Axis, y: Axis, xLabel: String, yLabel: String) -> String {
        var body = ""
        for tick in y.minorTicks {
            body += "<path class=\"minor\" d=\"M\(Self.left) \(Self.round(y.place(tick))) H\(Self.right)\"/>\n"
        }
        for tick in y.ticks {
            let place = Self.round(y.place(tick.value))
            body += "<path class=\"grid\" d=\"M\(Self.left) \(place) H\(Self.right)\"/>\n"
            body += Self.label(tick.text, x: Self.left - 8, y: y.place(tick.value) + 4, class: "tick end")
        }
        for tick in x.ticks {
            body += Self.label(tick.text, x: x.place(tick.value), y: bottom + 18, class: "tick middle")
        }
        body += Self.label(xLabel, x: (Self.left + Self.right) / 2, y: bottom + 40, class: "axis middle")
        let middle = Self.round((Self.top + bottom) / 2)
        body += "<text class=\"axis middle\" transform=\"translate(18 \(middle)) rotate(-90)\">"
        return body + "\(Self.escaped(yLabel))</text>\n"
    }

    /// Lines from top to bottom at the ticks of a horizontal axis.
    func verticalGrid(_ axis: Axis) -> String {
        var body = ""
        for tick in axis.minorTicks {
            body += "<path class=\"minor\" d=\"M\(Self.round(axis.place(tick))) \(Self.top) V\(bottom)\"/>\n"
        }
        for tick in axis.ticks {
            body += "<path class=\"grid\" d=\"M\(Self.round(axis.place(tick.value))) \(Self.top) V\(bottom)\"/>\n"
            body += Self.label(tick.text, x: axis.place(tick.value), y: bottom + 18, class: "tick middle")
        }
        return body
    }

    static func label(_ text: String, x: Double, y: Double, class name: String) -> String {
        "<text class=\"\(name)\" x=\"\(round(x))\" y=\"\(round(y))\">\(escaped(text))</text>\n"
    }

    static func round(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    /// Told apart by those who see few colours, too (after Okabe and Ito, darkened for thin lines).
    private static let light = [
        "#2563a8", "#c2571a", "#2f8f5b", "#8a4fb0", "#b03a5b", "#6b7280", "#0e8a96", "#9a7b0a", "#4b5320",
    ]
    private static let dark = [
        "#6aa8e8", "#e98a4b", "#5fc08b", "#b98be0", "#e2728f", "#9aa3b0", "#4cc3cf", "#d3b23c", "#9fb06a",
    ]

    private static func colourRules(_ colours: [String]) -> String {
        colours.enumerated().map { ".c\($0) { stroke: \($1) } .f\($0) { fill: \($1) }" }.joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}
