// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Glibc
import Synchronization

/// One thread's part of a TCP proxy: its acceptors, its picker and the connections that it serves.
final class TCPProxyShard<Connector: UpstreamConnector>: AcceptingShard {
    typealias Address = Connector.Address

    let core: TCPProxyCore<Connector>
    let loop: EventLoop
    private var picking: ShardPicking<Address>
    let id: SourceID
    let index: Int
    private let finished: @Sendable () -> Void
    private(set) var acceptors: [Acceptor] = []
    private var tallies: [String: EndpointTally] = [:]
    private var connections = 0
    private var isStopping = false

    /// Creates the part; it lives until its last connection has ended after a stop.
    init(core: TCPProxyCore<Connector>, loop: EventLoop, index: Int, finished: @escaping @Sendable () -> Void) {
        self.core = core
        self.loop = loop
        self.index = index
        self.finished = finished
        picking = ShardPicking(core.balancer, on: loop, index: index)
        id = loop.reserve()
        loop.install(self, as: id)
    }

    var balancer: LoadBalancer<Address> { picking.balancer }
    var picker: Picker<Address> { picking.picker }

    /// Begins to accept.
    func start() {
        acceptors = core.listeners.enumerated().map { Acceptor($1, index: $0, host: self) }
        resumeAccepting()
        picking.start()
    }

    /// Picks by another balancer from now on.
    func use(_ balancer: LoadBalancer<Address>) {
        picking.use(balancer)
    }

    // MARK: Accepting

    var limit: ConnectionLimit { core.limit }
    var directory: ShardDirectory<TCPProxyShard<Connector>> { core.directory }

    func countAccepted() {
        core.accepted.add(1, ordering: .relaxed)
    }

    /// Serves a client that is counted already.
    func serve(_ client: AcceptedClient) {
        connections += 1
        TCPConnection(client: client, shard: self).begin()
    }

    /// Takes note that a connection has ended.
    func connectionEnded() {
        connections -= 1
        loop.port.load.subtract(1, ordering: .relaxed)
        leave()
        finishIfDone()
    }

    /// The figures of an endpoint.
    func tally(of id: String) -> EndpointTally {
        if let tally = tallies[id] { return tally }
        let tally = core.tally(of: id)
        tallies[id] = tally
        return tally
    }

    /// The bytes that the connections keep in memory.
    var bufferedBytes: Int { allConnections.reduce(0) { $0 + $1.bufferedBytes } }

    // MARK: Stopping

    /// Accepts no more; connections may end by themselves until a deadline, and are closed then.
    func stop(at deadline: UInt64) {
        for acceptor in acceptors { acceptor.stop() }
        acceptors = []
        isStopping = true
        if deadline <= loop.now { closeAll() }
        loop.setDeadline(deadline, for: id)
        finishIfDone()
    }

    /// Closes the connections to an endpoint.
    func disconnect(endpoint: String) {
        for connection in allConnections where connection.endpoint == endpoint { connection.close(.abandoned) }
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {}

    func deadlinePassed() {
        closeAll()
    }

    private func closeAll() {
        for connection in allConnections { connection.close(.abandoned) }
    }

    private var allConnections: [TCPConnection<Connector>] {
        loop.allSources.compactMap { $0 as? TCPConnection<Connector> }.filter { $0.shard === self }
    }

    private func finishIfDone() {
        guard isStopping, connections == 0 else { return }
        isStopping = false
        picking.stop()
        loop.remove(id)
        finished()
    }
}
