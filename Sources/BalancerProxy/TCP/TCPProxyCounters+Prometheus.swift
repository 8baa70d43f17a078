// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension TCPProxyCounters {
    /// The counters as a Prometheus server reads them, in its text format 0.0.4.
    ///
    /// - Parameter prefix: What every metric's name begins with.
    /// - Returns: The text, to be served as `text/plain; version=0.0.4`.
    public func prometheusText(prefix: String = "nestbox_proxy") -> String {
        var text = PrometheusText(prefix: prefix)
        text.add("connections_accepted_total", "counter", "Clients that were accepted.", accepted)
        text.add("connections_active", "gauge", "Clients that are connected.", active)
        text.add(
            "failures_total",
            "counter",
            "Connections that did not end by themselves, by reason.",
            [("unavailable", refused), ("broken", broken), ("idle", idleClosed)].map { (["reason": $0.0], "\($0.1)") }
        )
        text.add("connects_failed_total", "counter", "Connects to endpoints that failed.", failedConnects)
        text.add(
            endpoints,
            of: "connections",
            active: "Connections to an endpoint.",
            total: "Connections made to an endpoint.",
            failures: "Connects and connections that failed."
        )
        return text.text
    }

    /// Adds what another proxy has done.
    package mutating func add(_ other: TCPProxyCounters) {
        accepted += other.accepted
        active += other.active
        refused += other.refused
        failedConnects += other.failedConnects
        broken += other.broken
        idleClosed += other.idleClosed
        endpoints.merge(other.endpoints) { $0.adding($1) }
    }
}
