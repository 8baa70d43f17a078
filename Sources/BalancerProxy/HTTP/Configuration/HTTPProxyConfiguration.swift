// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How an ``HTTPProxy`` treats its clients and endpoints.
public struct HTTPProxyConfiguration: Sendable {
    /// How many clients may be connected at once; further ones wait in the listeners' queues.
    ///
    /// 20,000 by default.
    public var maxConnections: Int = 20_000
    /// How long each phase of a request may take.
    public var timeouts = HTTPTimeouts()
    /// How much of a message is taken.
    public var limits = HTTPLimits()
    /// What endpoints are told of where a request came from.
    public var forwarding = ForwardingHeaders()
    /// How connections to endpoints are kept for further requests.
    public var pooling = UpstreamPooling()
    /// What is spoken with endpoints; HTTP/1.1 by default.
    public var upstreamProtocol = UpstreamProtocol.http1
    /// When a request is sent again.
    public var retries = HTTPRetries()
    /// What of a request decides where it goes, for hashing policies: the first of these that a request has.
    public var keys: [RequestKey] = []
    /// How connections to endpoints are encrypted; not at all by default.
    public var upstreamTLS: TLSClient?
    /// The name of a cookie that binds a client to its endpoint, for the policy `SessionAffinity`; none by default.
    ///
    /// The proxy sets it in answers to clients that have sent none, or one whose endpoint did not take the request.
    public var sessionCookie: String?
    /// How long a request waits for an endpoint while there is none, such as while the first replica starts, or none
    /// but those on which it has failed, if it may be sent again; not at all by default.
    ///
    /// Then it is answered 503, or what its last attempt came to.
    public var endpointWait: Duration = .zero
    /// The most requests that wait for an endpoint on each of the proxy's threads; further ones are answered 503 at
    /// once.
    ///
    /// 1,024 by default.
    public var maxWaitingRequests: Int = 1024
    /// Whether a client that ends its stream while its request is answered still gets the answer; false by default, when
    /// it is taken to have gone, as nginx and Envoy do.
    public var allowsHalfClose = false
    /// Whether clients may speak HTTP/2: by ALPN on TLS, and from the first byte without; true by default.
    public var acceptsHTTP2 = true
    /// How long requests may go on after a graceful shutdown began; 10 seconds by default.
    public var drainTimeout: Duration = .seconds(10)
    /// How long after a graceful shutdown began a connection without a request stays open, so that a request under way
    /// to it is still served; 1 second by default.
    public var drainIdleTimeout: Duration = .seconds(1)
    /// Called after each request on the proxy's own thread: it must not block.
    ///
    /// None by default.
    public var accessLog: (@Sendable (HTTPAccessRecord) -> Void)?

    /// Creates a configuration of the defaults.
    public init() {}

    /// Refuses values out of range.
    func validate() throws(ProxyError) {
        guard maxConnections > 0 else {
            throw ProxyError(.invalidConfiguration, "maxConnections must be at least 1, not \(maxConnections)")
        }
        guard endpointWait >= .zero, drainTimeout >= .zero, drainIdleTimeout >= .zero, maxWaitingRequests >= 0 else {
            throw ProxyError(.invalidConfiguration, "waits must not be negative")
        }
        if let sessionCookie, sessionCookie.isEmpty || !sessionCookie.utf8.allSatisfy(ASCII.isToken) {
            throw ProxyError(.invalidConfiguration, "sessionCookie must be a token, not '\(sessionCookie)'")
        }
        try timeouts.validate()
        try limits.validate()
        try forwarding.validate()
        try pooling.validate()
        try retries.validate()
    }
}
