// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import BalancerSimulation
import Testing

@Suite("Plots and tables")
struct PlotTests {
    @Test("a line chart has a path and a name for each line, and escapes its texts")
    func lines() {
        let chart = LineChart(
            title: "a < b & c",
            xLabel: "x",
            yLabel: "y",
            series: [.init("one", [(0, 1), (1, 10)]), .init("two", [(0, 2), (.nan, 5), (1, 300)])],
            isLogarithmic: true
        )
        let svg = chart.svg
        #expect(svg.hasPrefix("<svg") && svg.hasSuffix("</svg>\n"))
        #expect(svg.contains("a &lt; b &amp; c"))
        #expect(svg.split(separator: "class=\"line").count == 3)
        #expect(svg.contains(">two<"))
        #expect(!svg.contains("nan"))
    }

    @Test("empty charts are pictures too")
    func empty() {
        #expect(LineChart(title: "", xLabel: "", yLabel: "", series: []).svg.contains("</svg>"))
        #expect(BarChart(title: "", label: "", bars: []).svg.contains("</svg>"))
    }
}
