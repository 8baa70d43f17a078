// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What one endpoint has carried.
public struct EndpointCounters: Hashable, Sendable {
    /// Connections that are open.
    public var active: Int
    /// Connections that were made.
    public var connected: UInt64
    /// Connects that failed, and connections that broke.
    public var failed: UInt64
    /// Bytes sent to the endpoint.
    public var bytesSent: UInt64
    /// Bytes received from the endpoint.
    public var bytesReceived: UInt64

    /// What this and another proxy's part have carried together.
    func adding(_ other: EndpointCounters) -> EndpointCounters {
        EndpointCounters(
            active: active + other.active,
            connected: connected + other.connected,
            failed: failed + other.failed,
            bytesSent: bytesSent + other.bytesSent,
            bytesReceived: bytesReceived + other.bytesReceived
        )
    }
}
