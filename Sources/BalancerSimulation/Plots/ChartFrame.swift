// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What all charts have: size, colours, grid and letters.
enum ChartFrame {
    static let width = 760.0
    static let height = 400.0
    static let left = 70.0
    static let right = 600.0
    static let top = 50.0
    static let bottom = 335.0
    /// How many lines have colours of their own.
    static let colours = 6

    static func picture(title: String, body: String) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" role="img" \
        aria-label="\(escaped(title))">
        <style>
        text { font: 12px system-ui, sans-serif; fill: #3d4451 } .title { font-size: 15px; font-weight: 600 }
        .end { text-anchor: end } .middle { text-anchor: middle } .axis { font-size: 12px }
        .back { fill: #ffffff } .grid { stroke: #d9dde3; stroke-width: 1; fill: none }
        .line { fill: none; stroke-width: 2.2; stroke-linejoin: round } .bar { fill: #2563a8 }
        .name { font-weight: 600 }
        .c0 { stroke: #2563a8 } .c1 { stroke: #c2571a } .c2 { stroke: #2f8f5b } .c3 { stroke: #8a4fb0 }
        .c4 { stroke: #b03a5b } .c5 { stroke: #6b7280 }
        .f0 { fill: #2563a8 } .f1 { fill: #c2571a } .f2 { fill: #2f8f5b } .f3 { fill: #8a4fb0 }
        .f4 { fill: #b03a5b } .f5 { fill: #6b7280 }
        @media (prefers-color-scheme: dark) {
        .back { fill: #0d1117 } text { fill: #c9d1d9 } .grid { stroke: #30363d } .bar { fill: #5b9bd8 }
        }
        </style>
        <rect class="back" width="100%" height="100%"/>
        \(label(title, x: 20, y: 28, class: "title"))\(body)</svg>

        """
    }

    static func grid(x: Axis, y: Axis, xLabel: String, yLabel: String) -> String {
        var body = ""
        for tick in y.ticks {
            let place = round(y.place(tick))
            body += "<path class=\"grid\" d=\"M\(left) \(place) H\(right)\"/>\n"
            body += label(Axis.text(tick), x: left - 8, y: y.place(tick) + 4, class: "tick end")
        }
        for tick in x.ticks {
            body += label(Axis.text(tick), x: x.place(tick), y: bottom + 18, class: "tick middle")
        }
        body += label(xLabel, x: (left + right) / 2, y: bottom + 40, class: "axis middle")
        body += "<text class=\"axis middle\" transform=\"translate(18 \(round((top + bottom) / 2))) rotate(-90)\">"
        return body + "\(escaped(yLabel))</text>\n"
    }

    static func label(_ text: String, x: Double, y: Double, class name: String) -> String {
        "<text class=\"\(name)\" x=\"\(round(x))\" y=\"\(round(y))\">\(escaped(text))</text>\n"
    }

    static func round(_ value: Double) -> Double { (value * 10).rounded() / 10 }

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
