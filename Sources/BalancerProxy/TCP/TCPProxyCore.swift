// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Synchronization

/// What the threads of one TCP proxy share.
final class TCPProxyCore<Connector: UpstreamConnector>: Sendable {
    typealias Address = Connector.Address

    let configuration: TCPProxyConfiguration
    let listeners: [TCPListener]
    let connector: Connector
    let ports: [EventLoopPort]

    let accepted = Atomic<UInt64>(0)
    let active = Atomic<Int>(0)
    let refused = Atomic<UInt64>(0)
    let failedConnects = Atomic<UInt64>(0)
    let broken = Atomic<UInt64>(0)
    let idleClosed = Atomic<UInt64>(0)

    /// Sockets that the connector takes its time for; the proxy's own task waits for them.
    let requests: AsyncStream<ConnectRequest<Address>>
    let requestSink: AsyncStream<ConnectRequest<Address>>.Continuation
    private let current: Mutex<LoadBalancer<Address>>
    private let tallies = EndpointTallies()
    private let shards: Mutex<[SourceID?]>
    /// Threads that stopped accepting because the limit of connections is reached.
    private let pausedShards = Atomic<Int>(0)

    init(
        configuration: TCPProxyConfiguration,
        listeners: [TCPListener],
        balancer: LoadBalancer<Address>,
        connector: Connector,
        ports: [EventLoopPort]
    ) {
        self.configuration = configuration
        self.listeners = listeners
        current = Mutex(balancer)
        self.connector = connector
        self.ports = ports
        shards = Mutex(Array(repeating: nil, count: ports.count))
        (requests, requestSink) = AsyncStream.makeStream()
    }

    /// Who picks the endpoints of clients to come.
    var balancer: LoadBalancer<Address> { current.withLock { $0 } }

    /// Picks by another balancer from now on.
    func use(_ balancer: LoadBalancer<Address>) {
        current.withLock { $0 = balancer }
        onEveryShard { $0.use(balancer) }
    }

    // MARK: The limit of connections

    /// Counts one more client, unless there are as many as may be.
    func admit() -> Bool {
        let count = active.add(1, ordering: .acquiringAndReleasing).newValue
        if count <= configuration.maxConnections { return true }
        active.subtract(1, ordering: .acquiringAndReleasing)
        return false
    }

    /// Counts one client less, and lets threads that wait for that accept again.
    func leave() {
        active.subtract(1, ordering: .acquiringAndReleasing)
        guard pausedShards.load(ordering: .acquiring) > 0 else { return }
        resumeAccepting()
    }

    /// Notes that a thread has stopped accepting; a client that left just before lets it go on at once.
    func notePaused() {
        pausedShards.add(1, ordering: .acquiringAndReleasing)
        if active.load(ordering: .acquiring) < configuration.maxConnections { resumeAccepting() }
    }

    private func resumeAccepting() {
        guard pausedShards.exchange(0, ordering: .acquiringAndReleasing) > 0 else { return }
        onEveryShard { $0.resumeAccepting() }
    }

    // MARK: Shards

    /// Makes a part of the proxy on each thread, which accepts from then on.
    func start(finished: @escaping @Sendable () -> Void) {
        for (index, port) in ports.enumerated() {
            port.submit { [self] loop in
                let shard = TCPProxyShard(core: self, loop: loop, index: index, finished: finished)
                shards.withLock { $0[index] = shard.id }
                shard.start()
            }
        }
    }

    /// Does something on every thread's part of the proxy.
    func onEveryShard(_ body: @escaping @Sendable (TCPProxyShard<Connector>) -> Void) {
        for index in ports.indices { onShard(index, body) }
    }

    /// Does something on one thread's part of the proxy, unless that has finished by then.
    func onShard(
        _ index: Int,
        _ body: @escaping @Sendable (TCPProxyShard<Connector>) -> Void,
        otherwise: (@Sendable () -> Void)? = nil
    ) {
        ports[index].submit { [self] loop in
            let id = shards.withLock { $0[index] }
            if let id, let shard = loop.source(id) as? TCPProxyShard<Connector> {
                body(shard)
            } else {
                otherwise?()
            }
        }
    }

    /// Whether a thread's part of the proxy has begun.
    func hasShard(_ index: Int) -> Bool {
        shards.withLock { $0[index] != nil }
    }

    // MARK: Counters

    /// The figures of an endpoint, made at its first connection.
    func tally(of id: String) -> EndpointTally {
        tallies.tally(of: id)
    }

    /// The present figures; forgets endpoints that left and have no connection.
    func counters() -> TCPProxyCounters {
        TCPProxyCounters(
            accepted: accepted.load(ordering: .relaxed),
            active: active.load(ordering: .relaxed),
            refused: refused.load(ordering: .relaxed),
            failedConnects: failedConnects.load(ordering: .relaxed),
            broken: broken.load(ordering: .relaxed),
            idleClosed: idleClosed.load(ordering: .relaxed),
            endpoints: tallies.counters(present: Set(balancer.status().map(\.id)))
        )
    }
}
