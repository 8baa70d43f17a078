// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a ``UDPProxy`` has done, at one moment.
public struct UDPProxyCounters: Hashable, Sendable {
    /// Clients for which an endpoint was sought; one that comes again after a while counts again.
    public var flows: UInt64
    /// Clients that are remembered.
    public var active: Int
    /// Datagrams, either way, that were dropped: there was no endpoint, too many clients, or no room in the kernel.
    public var dropped: UInt64
    /// Endpoints at which no one listened or that could not be reached, also where another then took the datagram.
    public var failedEndpoints: UInt64
    /// What each endpoint has carried, by its name; its connections are the clients that were sent to it.
    public var endpoints: [String: EndpointCounters]

    /// The counters as a Prometheus server reads them, in its text format 0.0.4.
    ///
    /// - Parameter prefix: What every metric's name begins with.
    /// - Returns: The text, to be served as `text/plain; version=0.0.4`.
    public func prometheusText(prefix: String = "nestbox_udp_proxy") -> String {
        var text = PrometheusText(prefix: prefix)
        text.add("flows_total", "counter", "Clients for which an endpoint was sought.", flows)
        text.add("flows_active", "gauge", "Clients that are remembered.", active)
        text.add("datagrams_dropped_total", "counter", "Datagrams that were dropped, either way.", dropped)
        text.add("endpoints_failed_total", "counter", "Endpoints that did not take a datagram.", failedEndpoints)
        text.add(
            endpoints,
            of: "flows",
            active: "Clients of an endpoint.",
            total: "Clients that were sent to an endpoint.",
            failures: "Datagrams that an endpoint did not take."
        )
        return text.text
    }

    /// Adds what another proxy has done.
    package mutating func add(_ other: UDPProxyCounters) {
        flows += other.flows
        active += other.active
        dropped += other.dropped
        failedEndpoints += other.failedEndpoints
        endpoints.merge(other.endpoints) { $0.adding($1) }
    }
}
