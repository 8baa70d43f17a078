// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Moment {
    /// Reads what a filter means by `until`.
    ///
    /// - Parameters:
    ///   - text: A moment, or how long ago it was, such as `1h30m`; `nil` for anything else.
    ///   - now: What durations are counted back from.
    init?(_ text: String, before now: Moment) {
        if let moment = Moment(text) {
            self = moment
            return
        }
        let units: [(String, Double)] = [("h", 3_600), ("m", 60), ("s", 1)]
        var rest = text[...]
        var seconds = 0.0
        for (unit, length) in units {
            guard let end = rest.firstIndex(of: Character(unit)) else { continue }
            guard let count = Double(rest[..<end]), count >= 0 else { return nil }
            seconds += count * length
            rest = rest[rest.index(after: end)...]
        }
        guard rest.isEmpty, !text.isEmpty, seconds < 3e9 else { return nil }
        self.init(nanoseconds: now.nanoseconds - Int64(seconds * 1e9))
    }
}
