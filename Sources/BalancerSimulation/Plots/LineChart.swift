// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

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
    /// Whether x grows by factors rather than steps.
    public var hasLogarithmicX = false
    /// Numbers at the x axis instead of round ones: the first and last are its ends.
    public var xTicks: [(value: Double, text: String)] = []
    /// Instants of x that a dashed line marks, with what happens there.
    public var marks: [(x: Double, text: String)] = []

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
        let frame = ChartFrame()
        let x = xAxis
        let y = Axis(
            values: series.flatMap(\.points).map(\.y) + (isLogarithmic ? [] : [0]),
            from: frame.bottom,
            to: ChartFrame.top,
            isLogarithmic: isLogarithmic
        )
        var body = frame.grid(x: x, y: y, xLabel: xLabel, yLabel: yLabel)
        for mark in marks {
            let place = ChartFrame.round(x.place(mark.x))
            body += "<path class=\"mark\" d=\"M\(place) \(ChartFrame.top) V\(frame.bottom)\"/>\n"
            body += ChartFrame.label(mark.text, x: place + 4, y: ChartFrame.top - 5, class: "tick")
        }
        let ends = labelHeights(y, bottom: frame.bottom)
        for (index, line) in series.enumerated() {
            let colour = index % ChartFrame.colours
            let path = line.points.enumerated().map { index, point in
                (index == 0 ? "M" : "L") + "\(ChartFrame.round(x.place(point.x))) \(ChartFrame.round(y.place(point.y)))"
            }.joined(separator: " ")
            body += "<path class=\"line c\(colour)\" d=\"\(path)\"/>\n"
            body += ChartFrame.label(line.name, x: ChartFrame.right + 10, y: ends[index] + 4, class: "name f\(colour)")
        }
        return frame.picture(title: title, body: body)
    }

    private var xAxis: Axis {
        guard xTicks.isEmpty else {
            let ticks = xTicks.map { Axis.Tick(value: $0.value, text: $0.text) }
            return Axis(ticks: ticks, from: ChartFrame.left, to: ChartFrame.right)
        }
        return Axis(
            values: series.flatMap(\.points).map(\.x),
            from: ChartFrame.left,
            to: ChartFrame.right,
            isLogarithmic: hasLogarithmicX
        )
    }

    /// Where the lines' names stand: at their ends, moved apart where they would overlap, and none below the picture.
    private func labelHeights(_ y: Axis, bottom: Double) -> [Double] {
        let ends = series.map { $0.points.last.map { y.place($0.y) } ?? bottom }
        var heights = ends
        let order = ends.indices.sorted(by: { (ends[$0], $0) < (ends[$1], $1) })
        var lowest = -Double.infinity
        for index in order {
            heights[index] = max(ends[index], lowest + 16)
            lowest = heights[index]
        }
        var highest = bottom + 16
        for index in order.reversed() {
            heights[index] = min(heights[index], highest - 16)
            highest = heights[index]
        }
        return heights
    }
}
