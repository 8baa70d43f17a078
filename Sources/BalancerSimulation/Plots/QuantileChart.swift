// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Of each of some policies the median and the tail of its latencies: dots on a line, as an SVG picture.
public struct QuantileChart: Sendable {
    /// What the picture shows, as a sentence.
    public var title: String
    /// The latencies, from top to bottom.
    public var rows: [(name: String, latency: Quantiles)]

    /// Creates a chart.
    ///
    /// - Parameters:
    ///   - title: What the picture shows.
    ///   - rows: The latencies in milliseconds, from top to bottom.
    public init(title: String, rows: [(name: String, latency: Quantiles)]) {
        self.title = title
        self.rows = rows
    }

    private static let names = ["p50", "p90", "p99", "p99.9"]

    /// The picture.
    public var svg: String {
        let left = 210.0
        let frame = ChartFrame(rows: rows.count)
        let values = rows.flatMap { Self.values($0.latency) }
        let axis = Axis(values: values, from: left, to: ChartFrame.width - 40, isLogarithmic: true)
        var body = frame.verticalGrid(axis)
        let step = (frame.bottom - ChartFrame.top) / Double(max(1, rows.count))
        for (index, row) in rows.enumerated() {
            let y = ChartFrame.top + step * (Double(index) + 0.5)
            let places = Self.values(row.latency).map { axis.place($0) }
            body += ChartFrame.label(row.name, x: left - 12, y: y + 4, class: "tick end")
            if let first = places.first, let last = places.last {
                body +=
                    "<path class=\"range\" d=\"M\(ChartFrame.round(first)) \(ChartFrame.round(y)) H\(ChartFrame.round(last))\"/>\n"
            }
            for (kind, place) in places.enumerated() {
                body +=
                    "<circle class=\"f\(Self.colours[kind])\" cx=\"\(ChartFrame.round(place))\" "
                    + "cy=\"\(ChartFrame.round(y))\" r=\"5\"/>\n"
            }
        }
        body += legend(right: ChartFrame.width - 40)
        body += ChartFrame.label(
            "latency, ms",
            x: (left + ChartFrame.width - 40) / 2,
            y: frame.bottom + 40,
            class: "axis middle"
        )
        return frame.picture(title: title, body: body)
    }

    /// Colours of the frame, from calm to hot.
    private static let colours = [5, 0, 1, 4]

    private static func values(_ latency: Quantiles) -> [Double] {
        [latency.p50, latency.p90, latency.p99, latency.p999]
    }

    private func legend(right: Double) -> String {
        var body = ""
        for (index, name) in Self.names.enumerated() {
            let x = right - Double(Self.names.count - index) * 62 + 10
            body += "<circle class=\"f\(Self.colours[index])\" cx=\"\(x)\" cy=\"43\" r=\"5\"/>\n"
            body += ChartFrame.label(name, x: x + 9, y: 47, class: "tick")
        }
        return body
    }
}
