// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How connections to endpoints are kept for further requests.
public struct UpstreamPooling: Hashable, Sendable {
    /// The most idle connections to one endpoint on each of the proxy's threads; 64 by default, 0 keeps none.
    public var maxIdlePerEndpoint: Int = 64
    /// After how long without a request a connection is closed; 30 seconds by default.
    ///
    /// An endpoint that announces less in `Keep-Alive: timeout=` has its way.
    public var idleTimeout: Duration = .seconds(30)

    /// The most requests that share one connection of HTTP/2 at a time, if the endpoint allows as many; 100 by default.
    ///
    /// Further ones make another connection.
    public var maxStreamsPerConnection: Int = 100

    /// Creates the defaults.
    public init() {}

    func validate() throws(ProxyError) {
        guard maxIdlePerEndpoint >= 0 else {
            throw ProxyError(.invalidConfiguration, "pooling.maxIdlePerEndpoint must not be negative")
        }
        guard (1...10_000).contains(maxStreamsPerConnection) else {
            throw ProxyError(
                .invalidConfiguration,
                "pooling.maxStreamsPerConnection must be from 1 to 10000, not \(maxStreamsPerConnection)"
            )
        }
        guard idleTimeout > .zero else {
            throw ProxyError(.invalidConfiguration, "pooling.idleTimeout must be positive, not \(idleTimeout)")
        }
    }
}
