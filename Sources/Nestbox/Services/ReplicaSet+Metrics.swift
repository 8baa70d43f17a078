// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import BalancerProxy

extension ReplicaSet {
    /// What was done at the ports, as Prometheus reads it; `nil` if none is published.
    public var metrics: String? {
        let counted = [requestMetrics ?? connectionMetrics, datagramMetrics].compactMap(\.self)
        guard !counted.isEmpty else { return nil }
        return counted.joined() + """
            # HELP nestbox_service_replicas Containers that clients are sent to.
            # TYPE nestbox_service_replicas gauge
            nestbox_service_replicas \(identifiers.count)

            """
    }

    private var requestMetrics: String? {
        let figures = ports.compactMap(\.counters)
        guard var sum = figures.first else { return nil }
        for others in figures.dropFirst() { sum.add(others) }
        return sum.prometheusText(prefix: Self.prefix)
    }

    private var connectionMetrics: String? {
        let figures = ports.compactMap(\.connectionCounters)
        guard var sum = figures.first else { return nil }
        for others in figures.dropFirst() { sum.add(others) }
        return sum.prometheusText(prefix: Self.prefix)
    }

    private var datagramMetrics: String? {
        let figures = ports.compactMap(\.datagramCounters)
        guard var sum = figures.first else { return nil }
        for others in figures.dropFirst() { sum.add(others) }
        return sum.prometheusText(prefix: Self.prefix + "_udp")
    }

    private static var prefix: String { "nestbox_service" }
}
