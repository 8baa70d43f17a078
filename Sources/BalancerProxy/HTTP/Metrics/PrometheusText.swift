// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Writes metrics in Prometheus's text format.
struct PrometheusText {
    let prefix: String
    private(set) var text = ""

    init(prefix: String) {
        self.prefix = prefix
    }

    mutating func add(_ name: String, _ kind: String, _ help: String, _ value: some BinaryInteger) {
        add(name, kind, help, [([:], "\(value)")])
    }

    mutating func add(_ name: String, _ kind: String, _ help: String, _ series: [([String: String], String)]) {
        begin(name, kind, help)
        for (labels, value) in series { addSample(name, labels, value) }
    }

    /// Adds a series for each of several figures, with a sample for each endpoint, ordered by name.
    mutating func add<Figures>(
        _ series: [(name: String, kind: String, help: String, value: (Figures) -> String)],
        ofEach endpoints: [String: Figures]
    ) {
        let all = endpoints.sorted { $0.key < $1.key }
        for one in series {
            add(one.name, one.kind, one.help, all.map { (["endpoint": $0.key], one.value($0.value)) })
        }
    }

    mutating func addHistogram(_ name: String, _ help: String, _ buckets: LatencyBuckets) {
        begin(name, "histogram", help)
        var sum: UInt64 = 0
        for (bound, count) in zip(LatencyBuckets.bounds, buckets.counts) {
            sum += count
            addSample("\(name)_bucket", ["le": "\(bound)"], "\(sum)")
        }
        sum += buckets.counts.last ?? 0
        addSample("\(name)_bucket", ["le": "+Inf"], "\(sum)")
        addSample("\(name)_sum", [:], "\(buckets.sum)")
        addSample("\(name)_count", [:], "\(sum)")
    }

    private mutating func begin(_ name: String, _ kind: String, _ help: String) {
        text += "# HELP \(prefix)_\(name) \(help)\n# TYPE \(prefix)_\(name) \(kind)\n"
    }

    private mutating func addSample(_ name: String, _ labels: [String: String], _ value: String) {
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escape($0.value))\"" }
        text += "\(prefix)_\(name)\(pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") \(value)\n"
    }

    /// Escapes a label's value as the format asks.
    private static func escape(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
