// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// A line chart as an SVG picture, light or dark as its page is.
public struct LineChart: Sendable {
    /// One line.
    public struct Series: Sendable {
        /// What the line is.
        public var name: String
        /// Its points, in the order of x.
        public var points: [(x: Double, y: Double)]

        /// Creates a line.
        ///
        /// - Parameters:
        ///   - name: What the line is.
        ///   - points: Its points, in the order of x; those that are not finite are left out.
        public init(_ name: String, _ points: [(x: Double, y: Double)]) {
            self.name = name
            self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
        }
    }

    /// What the picture shows, as a sentence.
    public var title: String
    /// What x is, with its unit.
    public var xLabel: String
    /// What y is, with its unit.
    public var yLabel: String
    /// The lines.
    public var series: [Series]
    /// Whether y grows by factors rather than steps.
    public var isLogarithmic: Bool

    /// Creates a chart.
    ///
    /// - Parameters:
    ///   - title: What the picture shows.
    ///   - xLabel: What x is, with its unit.
    ///   - yLabel: What y is, with its unit.
    ///   - series: The lines.
    ///   - isLogarithmic: Whether y grows by factors.
    public init(title: String, xLabel: String, yLabel: String, series: [Series], isLogarithmic: Bool = false) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
        self.isLogarithmic = isLogarithmic
    }

    /// The picture.
    public var svg: String {
        let points = series.flatMap(\.points)
        let x = Axis(values: points.map(\.x), from: ChartFrame.left, to: ChartFrame.right, isLogarithmic: false)
        let y = Axis(
            values: points.map(\.y) + (isLogarithmic ? [] : [0]),
            from: ChartFrame.bottom,
            to: ChartFrame.top,
            isLogarithmic: isLogarithmic
        )
        var body = ChartFrame.grid(x: x, y: y, xLabel: xLabel, yLabel: yLabel)
        let ends = labelHeights(y)
        for (index, line) in series.enumerated() {
            let colour = index % ChartFrame.colours
            let path = line.points.enumerated().map { index, point in
                (index == 0 ? "M" : "L") + "\(ChartFrame.round(x.place(point.x))) \(ChartFrame.round(y.place(point.y)))"
            }.joined(separator: " ")
            body += "<path class=\"line c\(colour)\" d=\"\(path)\"/>\n"
            body += ChartFrame.label(line.name, x: ChartFrame.right + 10, y: ends[index] + 4, class: "name f\(colour)")
        }
        return ChartFrame.picture(title: title, body: body)
    }

    /// Where the lines' names stand: at their ends, moved apart where they would overlap.
    private func labelHeights(_ y: Axis) -> [Double] {
        let ends = series.map { $0.points.last.map { y.place($0.y) } ?? ChartFrame.bottom }
        var heights = ends
        var lowest = -Double.infinity
        for index in ends.indices.sorted(by: { ends[$0] < ends[$1] }) {
            heights[index] = max(ends[index], lowest + 16)
            lowest = heights[index]
        }
        return heights
    }
}
