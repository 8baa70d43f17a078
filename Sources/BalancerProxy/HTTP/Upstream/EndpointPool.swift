// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One thread's connections to one endpoint.
final class EndpointPool {
    let endpoint: String
    let tally: HTTPEndpointTally
    let worker: HTTPWorker
    /// Connections that became tunnels.
    var tunnels = 0
    private var idle: [HTTP1Upstream] = []
    /// Connections of HTTP/2 that take further requests, the oldest first.
    private var shared: [HTTP2Upstream] = []
    /// Whether the endpoint has not agreed to HTTP/2 when it was asked.
    var speaksHTTP1Only = false
    private(set) var isRetired = false

    init(endpoint: String, worker: HTTPWorker) {
        self.endpoint = endpoint
        self.worker = worker
        tally = worker.tally.endpoint(endpoint)
    }

    var idleCount: Int { idle.count + shared.count(where: \.isIdle) }

    private var usesHTTP2: Bool {
        let configuration = worker.settings.configuration
        return switch configuration.upstreamProtocol.kind {
        case .http1: false
        case .http2: true
        case .negotiated: configuration.upstreamTLS != nil && !speaksHTTP1Only
        }
    }

    /// Finds or makes a place for a request.
    ///
    /// - Parameter isIdempotent: Whether the request can be sent again.
    /// - Returns: A connection of HTTP/1 of its own, or a stream of one that is shared.
    func upstream(isIdempotent: Bool) -> any Upstream {
        guard usesHTTP2 else { return take(isIdempotent: isIdempotent) ?? HTTP1Upstream(pool: self, worker: worker) }
        // The oldest is filled first, so that those which are needed no more become idle.
        if let connection = shared.first(where: \.hasRoom) { return HTTP2UpstreamStream(on: connection) }
        let connection = HTTP2Upstream(pool: self, worker: worker)
        if !isRetired { shared.append(connection) }
        return HTTP2UpstreamStream(on: connection)
    }

    /// Sends no more requests over a connection.
    func forget(_ connection: HTTP2Upstream) {
        if let index = shared.firstIndex(where: { $0 === connection }) { shared.remove(at: index) }
    }

    /// Takes the connection that was used last, for that is the one most surely alive.
    ///
    /// - Parameter isIdempotent: Whether the request can be sent again if the endpoint is just closing the connection;
    ///   if not, the connection is looked at first.
    /// - Returns: The connection; nil if there is none.
    private func take(isIdempotent: Bool) -> HTTP1Upstream? {
        while let last = idle.popLast() {
            if isIdempotent || last.isAlive { return last }
            last.closeIdle()
        }
        return nil
    }

    /// Keeps a connection for another request.
    ///
    /// - Returns: False if there are enough.
    func give(_ upstream: HTTP1Upstream) -> Bool {
        guard idle.count < worker.settings.configuration.pooling.maxIdlePerEndpoint, !worker.isStopping,
            !isRetired
        else {
            return false
        }
        idle.append(upstream)
        return true
    }

    /// Forgets a connection that was closed.
    func forget(_ upstream: HTTP1Upstream) {
        if let index = idle.lastIndex(where: { $0 === upstream }) { idle.remove(at: index) }
    }

    /// Keeps no connection any more: the endpoint is elsewhere.
    func retire() {
        isRetired = true
        closeIdle()
        for connection in shared { connection.leave() }
    }

    /// Closes the connections that have no request.
    func closeIdle() {
        let all = idle
        idle = []
        for upstream in all { upstream.closeIdle() }
        for connection in shared where connection.isIdle { connection.leave() }
    }
}
