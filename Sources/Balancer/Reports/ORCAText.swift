// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The text form: `name:value` pairs with commas between, as Envoy reads it; `=` for `:` is taken too.
enum ORCAText {
    static func read(_ text: String) throws(BalancerError) -> LoadReport {
        var report = LoadReport()
        var seen: Set<Substring> = []
        for part in text.split(separator: ",") {
            let pair = part.trimmed
            if pair.isEmpty { continue }
            guard let colon = pair.firstIndex(where: { $0 == ":" || $0 == "=" }) else {
                throw BalancerError.malformed("the metric '\(pair)' has no value")
            }
            let name = pair[..<colon].trimmed
            guard seen.insert(name).inserted else {
                throw BalancerError.malformed("the metric '\(name)' comes more than once")
            }
            try set(name, to: number(pair[pair.index(after: colon)...].trimmed, of: name), in: &report)
        }
        return report
    }

    private static func number(_ text: Substring, of name: Substring) throws(BalancerError) -> Double {
        guard let value = Double(text), value.isFinite, !text.contains(where: { "xXpP".contains($0) }) else {
            throw BalancerError.malformed("the value of the metric '\(name)' is no finite number")
        }
        return value
    }

    private static func set(_ name: Substring, to value: Double, in report: inout LoadReport) throws(BalancerError) {
        if let field = ORCAField(rawValue: String(name)) {
            report[keyPath: field.path] = value
        } else if name.hasPrefix("named_metrics."), name.utf8.count > 14 {
            report.namedMetrics[String(name.dropFirst(14))] = value
        } else {
            throw BalancerError.malformed("the metric '\(name)' is not known")
        }
    }

    static func write(_ report: LoadReport) -> String {
        var pairs = ORCAField.allCases.compactMap { field -> String? in
            let value = report[keyPath: field.path]
            return value == 0 ? nil : "\(field.rawValue):\(value)"
        }
        for (name, value) in report.namedMetrics.sorted(by: { $0.key < $1.key }) where isToken(name) {
            pairs.append("named_metrics.\(name):\(value)")
        }
        return pairs.joined(separator: ",")
    }

    /// Whether a name can stand in a header without being taken for something else.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 32 && $0 < 127 && !":=,".utf8.contains($0) }
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    var trimmed: Substring {
        var slice = self
        while let first = slice.first, first == " " || first == "\t" { slice.removeFirst() }
        while let last = slice.last, last == " " || last == "\t" { slice.removeLast() }
        return slice
    }
}
