// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Glibc
import Synchronization

/// One thread's part of a TCP proxy: its acceptors, its picker and the connections that it serves.
final class TCPProxyShard<Connector: UpstreamConnector>: AcceptorHost {
    typealias Address = Connector.Address

    let core: TCPProxyCore<Connector>
    let loop: EventLoop
    private(set) var balancer: LoadBalancer<Address>
    private(set) var picker: Picker<Address>
    let id: SourceID
    private let index: Int
    private var ticker: BalancerTicker<Address>?
    private let finished: @Sendable () -> Void
    private var acceptors: [Acceptor] = []
    private var tallies: [String: EndpointTally] = [:]
    private var connections = 0
    private var isStopping = false

    /// Creates the part; it lives until its last connection has ended after a stop.
    init(core: TCPProxyCore<Connector>, loop: EventLoop, index: Int, finished: @escaping @Sendable () -> Void) {
        self.core = core
        self.loop = loop
        self.index = index
        self.finished = finished
        balancer = core.balancer
        picker = balancer.makePicker()
        ticker = index == 0 ? BalancerTicker(balancer, loop: loop) : nil
        id = loop.reserve()
        loop.install(self, as: id)
    }

    /// Begins to accept.
    func start() {
        acceptors = core.listeners.enumerated().map { Acceptor($1, index: $0, host: self) }
        resumeAccepting()
        ticker?.start()
    }

    /// Picks by another balancer from now on.
    func use(_ balancer: LoadBalancer<Address>) {
        self.balancer = balancer
        picker = balancer.makePicker()
        guard let former = ticker else { return }
        former.stop()
        let next = BalancerTicker(balancer, loop: loop)
        next.start()
        ticker = next
    }

    // MARK: Accepting

    /// Accepts again after a pause.
    func resumeAccepting() {
        for acceptor in acceptors { acceptor.start() }
    }

    /// Accepts no more until a client has left.
    func pauseAccepting() {
        for acceptor in acceptors { acceptor.pause() }
        core.notePaused()
    }

    func admit() -> Bool { core.admit() }

    func leave() { core.leave() }

    /// Gives a new client to the thread with the fewest, mostly this one.
    func place(_ accepted: AcceptedClient) {
        core.accepted.add(1, ordering: .relaxed)
        let mine = loop.port.load.load(ordering: .relaxed)
        for (other, port) in core.ports.enumerated() where other != index {
            guard mine > port.load.load(ordering: .relaxed) + 1 + mine / 8, core.hasShard(other) else { continue }
            return handOver(accepted, to: other)
        }
        loop.port.load.add(1, ordering: .relaxed)
        serve(accepted)
    }

    private func handOver(_ client: AcceptedClient, to other: Int) {
        let port = core.ports[other]
        port.load.add(1, ordering: .relaxed)
        core.onShard(
            other,
            { $0.serve(client) },
            otherwise: { [core] in
                _ = close(client.descriptor)
                port.load.subtract(1, ordering: .relaxed)
                core.leave()
            }
        )
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
        core.leave()
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
        ticker?.stop()
        loop.remove(id)
        finished()
    }
}
