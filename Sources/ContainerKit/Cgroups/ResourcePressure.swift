// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How much time tasks have lost to the want of a resource (`Documentation/accounting/psi.rst` of the kernel).
public struct ResourcePressure: Sendable, Hashable {
    /// One kind of loss.
    public struct Loss: Sendable, Hashable {
        /// The share of the last 10 seconds, in percent.
        public var average10: Double
        /// The share of the last minute, in percent.
        public var average60: Double
        /// The share of the last 5 minutes, in percent.
        public var average300: Double
        /// The whole time.
        public var total: Duration
    }

    /// At least one task waited.
    public var some: Loss
    /// All tasks that had work waited; `nil` where the kernel does not tell.
    public var full: Loss?

    /// Reads a pressure file's text; `nil` if it is none.
    init?(_ text: String) {
        var losses: [Substring: Loss] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let kind = words.first else { continue }
            var values: [Substring: Substring] = [:]
            for word in words.dropFirst() {
                let pair = word.split(separator: "=")
                if pair.count == 2 { values[pair[0]] = pair[1] }
            }
            guard let ten = values["avg10"].flatMap(Self.percent), let minute = values["avg60"].flatMap(Self.percent),
                let long = values["avg300"].flatMap(Self.percent), let total = values["total"].flatMap({ Int64($0) })
            else { return nil }
            losses[kind] = Loss(average10: ten, average60: minute, average300: long, total: .microseconds(total))
        }
        guard let some = losses["some"] else { return nil }
        self.some = some
        full = losses["full"]
    }

    private static func percent(_ text: Substring) -> Double? {
        Double(text)
    }
}
