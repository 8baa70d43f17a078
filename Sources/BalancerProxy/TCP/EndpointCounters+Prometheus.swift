// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension PrometheusText {
    /// Adds what each endpoint has carried.
    ///
    /// - Parameters:
    ///   - endpoints: The figures by the endpoints' names.
    ///   - unit: What is counted: "connections" in a metric's name.
    ///   - active: What those are that are open, for people.
    ///   - total: What those are that were made.
    ///   - failures: What failed.
    mutating func add(
        _ endpoints: [String: EndpointCounters],
        of unit: String,
        active: String,
        total: String,
        failures: String
    ) {
        let series: [(String, String, String, (EndpointCounters) -> String)] = [
            ("endpoint_\(unit)_active", "gauge", active, { "\($0.active)" }),
            ("endpoint_\(unit)_total", "counter", total, { "\($0.connected)" }),
            ("endpoint_failures_total", "counter", failures, { "\($0.failed)" }),
            ("endpoint_sent_bytes_total", "counter", "Bytes sent to an endpoint.", { "\($0.bytesSent)" }),
            ("endpoint_received_bytes_total", "counter", "Bytes received from an endpoint.", { "\($0.bytesReceived)" }),
        ]
        add(series, ofEach: endpoints)
    }
}
