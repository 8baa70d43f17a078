// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// Files of measured numbers, one a line.
enum RecordedNumbers {
    /// Reads numbers that are not negative; empty lines and `#` comments are skipped.
    static func read(_ text: String, as what: String, unit: String) throws(BalancerError) -> [Double] {
        var values: [Double] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let word = words.first else { continue }
            guard words.count == 1, let value = Double(word), value >= 0, value.isFinite else {
                throw BalancerError(
                    code: .invalidConfiguration,
                    message:
                        "line \(number + 1) of the \(what) is no number of \(unit): '\(words.joined(separator: " "))'"
                )
            }
            values.append(value)
        }
        guard !values.isEmpty else {
            throw BalancerError(code: .invalidConfiguration, message: "there is no number in the recorded \(what)")
        }
        return values
    }
}
