// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Glibc
import Synchronization

/// One thread's part of an HTTP proxy: its acceptors, its router and the connections that it serves.
final class HTTPWorker: AcceptingShard {
    /// How often waiting requests seek an endpoint again: 20 ms.
    private static let waitStep: UInt64 = 20_000_000
    /// How often idle connections to endpoints that left are let go: 200 ms.
    private static let pruneStep: UInt64 = 200_000_000

    let core: HTTPProxyCore
    let settings: HTTPSettings
    let loop: EventLoop
    let tally: HTTPTally
    /// Memory for the fields of a message that is gone through; free to use within a call, never across calls.
    let fields: FieldList
    /// The same for the fields of a message that is handed to the library of HTTP/2.
    let outgoing = HTTP2Fields()
    private(set) var router: any UpstreamRouter = NoRouter()
    var retries: RetryBudget
    let id: SourceID
    private(set) var isStopping = false
    let index: Int
    private let finished: @Sendable () -> Void
    private(set) var acceptors: [Acceptor] = []
    private var waiting: [Exchange] = []
    private var connections = 0
    private var stopDeadline: UInt64?
    private var idleDeadline: UInt64?
    private var pruneAt: UInt64

    /// Creates the part; it lives until its last connection has ended after a stop.
    init(core: HTTPProxyCore, loop: EventLoop, index: Int, finished: @escaping @Sendable () -> Void) {
        self.core = core
        self.loop = loop
        self.index = index
        self.finished = finished
        settings = core.settings
        tally = core.tallies[index]
        fields = FieldList(capacity: core.settings.limits.headerCount)
        retries = core.settings.configuration.retries.budget
        pruneAt = loop.now + Self.pruneStep
        id = loop.reserve()
        loop.install(self, as: id)
    }

    /// Begins to accept, with a router of this part.
    func start(_ router: any UpstreamRouter) {
        self.router = router
        acceptors = core.listeners.enumerated().map { Acceptor($1.socket, index: $0, host: self) }
        resumeAccepting()
        router.start()
        schedule()
    }

    // MARK: Clients

    var limit: ConnectionLimit { core.limit }
    var directory: ShardDirectory<HTTPWorker> { core.directory }

    func countAccepted() {
        tally.count { $0.accepted += 1 }
    }

    /// Serves a client that is counted already.
    func serve(_ client: AcceptedClient) {
        connections += 1
        let id = loop.reserve()
        let listener = core.listeners[client.listener]
        do {
            try loop.watch(client.descriptor, .stream, for: id, channel: 0)
        } catch {
            _ = close(client.descriptor)
            loop.remove(id)
            return connectionEnded()
        }
        if listener.tls != nil || listener.requiresProxyHeader {
            ClientHandshake(client, listener: listener, id: id, worker: self).begin()
        } else {
            let origin = RequestOrigin(peer: client.peer, isSecure: false)
            let transport = Transport(descriptor: client.descriptor)
            let connection = HTTP1Client(transport, origin: origin, id: id, worker: self)
            loop.install(connection, as: id)
            connection.begin(UnsafeRawBufferPointer(start: nil, count: 0), events: [])
        }
    }

    /// Takes note that a client's connection has ended.
    func connectionEnded() {
        connections -= 1
        loop.port.load.subtract(1, ordering: .relaxed)
        leave()
        finishIfDone()
    }

    // MARK: Requests without an endpoint

    /// Lets a request wait for an endpoint.
    ///
    /// - Returns: False if too many wait.
    func hold(_ exchange: Exchange) -> Bool {
        guard waiting.count < settings.configuration.maxWaitingRequests else { return false }
        waiting.append(exchange)
        countWaiting()
        schedule()
        return true
    }

    private func countWaiting() {
        let count = waiting.count
        tally.count { $0.waiting = count }
    }

    private func seekAgain() {
        guard !waiting.isEmpty else { return }
        let due = waiting
        waiting = []
        for exchange in due { exchange.seekAgain() }
        countWaiting()
    }

    // MARK: The clock

    func ready(_ events: ReadyEvents, channel: UInt8) {}

    private func schedule() {
        var next = pruneAt
        if !waiting.isEmpty { next = min(next, loop.now + Self.waitStep) }
        if let stopDeadline { next = min(next, stopDeadline) }
        if let idleDeadline { next = min(next, idleDeadline) }
        loop.setDeadline(next, for: id)
    }

    func deadlinePassed() {
        seekAgain()
        if loop.now >= pruneAt {
            router.prune()
            pruneAt = loop.now + Self.pruneStep
        }
        if let idleDeadline, loop.now >= idleDeadline {
            self.idleDeadline = nil
            closeIdleClients()
        }
        if let stopDeadline, loop.now >= stopDeadline {
            self.stopDeadline = nil
            closeAll()
        }
        if loop.source(id) != nil { schedule() }
    }

    // MARK: Stopping

    /// Takes no more clients, lets requests end until a deadline, and tells clients to close after the present one.
    func stop(at deadline: UInt64) {
        for acceptor in acceptors {
            acceptor.acceptWaiting()
            acceptor.stop()
        }
        acceptors = []
        isStopping = true
        for pool in router.pools.values { pool.closeIdle() }
        stopDeadline = min(deadline, stopDeadline ?? .max)
        idleDeadline = loop.now + settings.configuration.drainIdleTimeout.clampedNanoseconds
        if deadline <= loop.now { closeAll() }
        finishIfDone()
        if loop.source(id) != nil { schedule() }
    }

    private func closeIdleClients() {
        for client in mine(HTTP1Client.self) where client.isIdle { client.close() }
        for client in mine(HTTP2Client.self) { client.sayGoodbye() }
        for client in mine(HTTP2Client.self) where client.isIdle { client.close() }
    }

    private func closeAll() {
        waiting = []
        countWaiting()
        for client in mine(ClientHandshake.self) { client.close() }
        for client in mine(HTTP1Client.self) { client.clientGone() }
        for client in mine(HTTP2Client.self) { client.close() }
        for tunnel in mine(Tunnel.self) { tunnel.close(breaking: true) }
    }

    /// Breaks off requests to an endpoint.
    func disconnect(endpoint: String) {
        router.pools[endpoint]?.closeIdle()
        for upstream in mine(HTTP1Upstream.self) where upstream.pool.endpoint == endpoint { upstream.disconnect() }
        for upstream in mine(HTTP2Upstream.self) where upstream.pool.endpoint == endpoint { upstream.disconnect() }
    }

    private func mine<Source: WorkerSource>(_ type: Source.Type) -> [Source] {
        loop.allSources.compactMap { $0 as? Source }.filter { $0.worker === self }
    }

    private func finishIfDone() {
        guard isStopping, connections == 0, loop.source(id) != nil else { return }
        router.stop()
        for pool in router.pools.values { pool.closeIdle() }
        // Connections may still be on their way out of a call; what they refer to goes with the last of them.
        router = NoRouter()
        loop.remove(id)
        finished()
    }
}

/// A source that belongs to one thread's part of a proxy.
protocol WorkerSource: EventSource {
    var worker: HTTPWorker { get }
}

extension HTTP1Client: WorkerSource {}
extension HTTP1Upstream: WorkerSource {}
extension HTTP2Upstream: WorkerSource {}
extension Tunnel: WorkerSource {}

/// The router of a part that has not begun.
private final class NoRouter: UpstreamRouter {
    var now: Timestamp { .zero }
    var pools: [String: EndpointPool] { [:] }

    func start() {}

    func stop() {}

    func place(_ context: PickContext) -> PlacementDecision { .refused }

    func prune() {}
}
