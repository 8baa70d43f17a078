// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How a ``TCPProxy`` treats its connections.
public struct TCPProxyConfiguration: Sendable {
    /// How many clients may be connected at once; further ones wait in the listeners' queues.
    ///
    /// 20,000 by default. Each connection takes two descriptors: keep it under half of the process's limit.
    public var maxConnections: Int = 20_000
    /// How long one attempt to connect to an endpoint may take; 5 seconds by default.
    public var connectTimeout: Duration = .seconds(5)
    /// How many endpoints are tried for one client before it is turned away; 3 by default.
    ///
    /// Only connecting is retried: once a byte could have been sent, a failure ends the client's connection.
    public var maxConnectAttempts: Int = 3
    /// After how long without a byte in either direction a connection is closed; never by default.
    public var idleTimeout: Duration?
    /// How long a client waits for an endpoint while there is none, such as while the first replica starts; not at all
    /// by default.
    public var endpointWait: Duration = .zero
    /// Whether each client's connection begins with a PROXY header that names the client behind another proxy; false by
    /// default.
    ///
    /// One without it is closed, for else any client could claim to be another. It must come within `connectTimeout`.
    public var requiresProxyHeader = false
    /// In which version of the PROXY protocol endpoints are told of the client; they are not by default.
    public var sendsProxyHeader: ProxyProtocolVersion?
    /// How long connections may go on after a graceful shutdown began; 10 seconds by default.
    public var drainTimeout: Duration = .seconds(10)

    /// Creates a configuration of the defaults.
    public init() {}

    /// Refuses values out of range.
    func validate() throws(ProxyError) {
        try Self.require(maxConnections > 0, "maxConnections must be at least 1, not \(maxConnections)")
        try Self.require(maxConnectAttempts > 0, "maxConnectAttempts must be at least 1, not \(maxConnectAttempts)")
        try Self.require(connectTimeout > .zero, "connectTimeout must be positive, not \(connectTimeout)")
        try Self.require(endpointWait >= .zero, "endpointWait must not be negative, not \(endpointWait)")
        try Self.require(drainTimeout >= .zero, "drainTimeout must not be negative, not \(drainTimeout)")
        if let idleTimeout {
            try Self.require(idleTimeout > .zero, "idleTimeout must be positive, not \(idleTimeout)")
        }
    }

    private static func require(_ condition: Bool, _ message: String) throws(ProxyError) {
        guard condition else { throw ProxyError(.invalidConfiguration, message) }
    }
}
