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
    private var isRetired = false

    init(endpoint: String, worker: HTTPWorker) {
        self.endpoint = endpoint
        self.worker = worker
        tally = worker.tally.endpoint(endpoint)
    }

    var idleCount: Int { idle.count }

    /// Takes the connection that was used last, for that is the one most surely alive.
    ///
    /// - Parameter isIdempotent: Whether the request can be sent again if the endpoint is just closing the connection;
    ///   if not, the connection is looked at first.
    /// - Returns: The connection; nil if there is none.
    func take(isIdempotent: Bool) -> HTTP1Upstream? {
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
    }

    /// Closes the connections that have no request.
    func closeIdle() {
        let all = idle
        idle = []
        for upstream in all { upstream.closeIdle() }
    }
}
