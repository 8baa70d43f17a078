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
        let series: [(String, String, String, (HTTPEndpointCounters) -> String)] = [
            ("endpoint_requests_active", "gauge", "Requests that are with an endpoint.", { "\($0.active)" }),
            ("endpoint_requests_total", "counter", "Requests sent to an endpoint.", { "\($0.requests)" }),
            ("endpoint_failures_total", "counter", "Requests that failed on an endpoint.", { "\($0.failed)" }),
            ("endpoint_connections_total", "counter", "Connections made to an endpoint.", { "\($0.connected)" }),
            ("endpoint_load_reports_total", "counter", "Load reports of an endpoint.", { "\($0.loadReports)" }),
        ]
        text.add(series, ofEach: endpoints)
    }
}
