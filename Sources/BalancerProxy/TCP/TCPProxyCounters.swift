// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a ``TCPProxy`` has done, at one moment.
public struct TCPProxyCounters: Hashable, Sendable {
    /// Clients that were accepted.
    public var accepted: UInt64
    /// Clients that are connected.
    public var active: Int
    /// Clients that were turned away because no endpoint could be reached.
    public var refused: UInt64
    /// Connects to endpoints that failed, also where another endpoint then took the client.
    public var failedConnects: UInt64
    /// Connections that broke: a side reset its stream.
    public var broken: UInt64
    /// Connections that were closed because they were idle for too long.
    public var idleClosed: UInt64
    /// What each endpoint has carried, by its name; endpoints that left stay until they have no connection.
    public var endpoints: [String: EndpointCounters]

    /// Bytes from clients to endpoints.
    public var bytesFromClients: UInt64 { endpoints.values.reduce(0) { $0 + $1.bytesSent } }
    /// Bytes from endpoints to clients.
    public var bytesToClients: UInt64 { endpoints.values.reduce(0) { $0 + $1.bytesReceived } }
}
