// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension HTTPProxyCounters {
    /// The counters as a Prometheus server reads them, in its text format 0.0.4.
    ///
    /// - Parameter prefix: What every metric's name begins with.
    /// - Returns: The text, to be served as `text/plain; version=0.0.4`.
    public func prometheusText(prefix: String = "nestbox_proxy") -> String {
        var text = PrometheusText(prefix: prefix)
        text.add("connections_accepted_total", "counter", "Clients that were accepted.", accepted)
        text.add("connections_active", "gauge", "Clients that are connected.", active)
        text.add("requests_waiting", "gauge", "Requests that wait for an endpoint.", waiting)
        text.add(
            "answers_total",
            "counter",
            "Answers by class of status.",
            answers.sorted { $0.key < $1.key }.map { (["class": "\($0.key)xx"], "\($0.value)") }
        )
        text.add(
            "failures_total",
            "counter",
            "Requests that were not answered by an endpoint, by reason.",
            [
                ("rejected", rejected), ("unavailable", unavailable), ("upstream_failed", upstreamFailed),
                ("timed_out", timedOut), ("client_gone", clientGone),
            ].map { (["reason": $0.0], "\($0.1)") }
        )
        text.add("retries_total", "counter", "Attempts after the first.", retries)
        text.add("upgrades_total", "counter", "Connections that became tunnels.", upgraded)
        text.add("request_bytes_total", "counter", "Bytes of requests.", requestBytes)
        text.add("answer_bytes_total", "counter", "Bytes of answers' bodies.", answerBytes)
        text.addHistogram("request_seconds", "How long requests took.", latency)
        addEndpoints(to: &text)
        return text.text
    }

    private func addEndpoints(to text: inout PrometheusText) {
        let all = endpoints.sorted { $0.key < $1.key }
        let series: [(String, String, String, (HTTPEndpointCounters) -> String)] = [
            ("endpoint_requests_active", "gauge", "Requests that are with an endpoint.", { "\($0.active)" }),
            ("endpoint_requests_total", "counter", "Requests sent to an endpoint.", { "\($0.requests)" }),
            ("endpoint_failures_total", "counter", "Requests that failed on an endpoint.", { "\($0.failed)" }),
            ("endpoint_connections_total", "counter", "Connections made to an endpoint.", { "\($0.connected)" }),
            ("endpoint_load_reports_total", "counter", "Load reports of an endpoint.", { "\($0.loadReports)" }),
        ]
        for (name, kind, help, value) in series {
            text.add(name, kind, help, all.map { (["endpoint": $0.key], value($0.value)) })
        }
    }
}

/// Writes metrics in Prometheus's text format.
private struct PrometheusText {
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
