// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Horizontal bars, one for each of some named values, as an SVG picture.
public struct BarChart: Sendable {
    /// What the picture shows, as a sentence.
    public var title: String
    /// What the values are, with their unit.
    public var label: String
    /// The values, from top to bottom.
    public var bars: [(name: String, value: Double)]
    /// Whether lengths grow by factors rather than steps.
    public var isLogarithmic: Bool

    /// Creates a chart.
    ///
    /// - Parameters:
    ///   - title: What the picture shows.
    ///   - label: What the values are, with their unit.
    ///   - bars: The values, from top to bottom.
    ///   - isLogarithmic: Whether lengths grow by factors.
    public init(title: String, label: String, bars: [(name: String, value: Double)], isLogarithmic: Bool = false) {
        self.title = title
        self.label = label
        self.bars = bars.filter { $0.value.isFinite }
        self.isLogarithmic = isLogarithmic
    }

    /// The picture.
    public var svg: String {
        let left = 210.0
        let right = ChartFrame.width - 70
        let frame = ChartFrame(rows: bars.count)
        let values = bars.map(\.value) + (isLogarithmic ? [] : [0])
        let axis = Axis(values: values, from: left, to: right, isLogarithmic: isLogarithmic)
        let step = (frame.bottom - ChartFrame.top) / Double(max(1, bars.count))
        var body = frame.verticalGrid(axis)
        for (index, bar) in bars.enumerated() {
            let y = ChartFrame.top + step * Double(index)
            let width = max(1, axis.place(bar.value) - left)
            body += ChartFrame.label(bar.name, x: left - 10, y: y + step / 2 + 4, class: "tick end")
            body +=
                "<rect class=\"bar\" x=\"\(left)\" y=\"\(ChartFrame.round(y + step * 0.18))\" "
                + "width=\"\(ChartFrame.round(width))\" height=\"\(ChartFrame.round(step * 0.64))\" rx=\"2\"/>\n"
            body += ChartFrame.label(
                ResultTable.number(bar.value),
                x: left + width + 6,
                y: y + step / 2 + 4,
                class: "tick"
            )
        }
        body += ChartFrame.label(label, x: (left + right) / 2, y: frame.bottom + 40, class: "axis middle")
        return frame.picture(title: title, body: body)
    }
}
