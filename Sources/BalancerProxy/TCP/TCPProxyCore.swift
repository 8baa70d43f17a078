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
    let directory: ShardDirectory<TCPProxyShard<Connector>>
    let limit: ConnectionLimit

    let accepted = Atomic<UInt64>(0)
    let refused = Atomic<UInt64>(0)
    let failedConnects = Atomic<UInt64>(0)
    let broken = Atomic<UInt64>(0)
    let idleClosed = Atomic<UInt64>(0)

    /// Sockets that the connector takes its time for; the proxy's own task waits for them.
    let requests: AsyncStream<ConnectRequest<Address>>
    let requestSink: AsyncStream<ConnectRequest<Address>>.Continuation
    private let current: Mutex<LoadBalancer<Address>>
    private let tallies = EndpointTallies()

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
        directory = ShardDirectory(ports: ports)
        limit = ConnectionLimit(configuration.maxConnections)
        (requests, requestSink) = AsyncStream.makeStream()
    }

    /// Who picks the endpoints of clients to come.
    var balancer: LoadBalancer<Address> { current.withLock { $0 } }

    /// Picks by another balancer from now on.
    func use(_ balancer: LoadBalancer<Address>) {
        current.withLock { $0 = balancer }
        directory.onEvery { $0.use(balancer) }
    }

    /// Makes a part of the proxy on each thread, which accepts from then on.
    func start(finished: @escaping @Sendable () -> Void) {
        directory.begin { [self] loop, index in
            let shard = TCPProxyShard(core: self, loop: loop, index: index, finished: finished)
            shard.start()
            return shard.id
        }
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
            active: limit.count,
            refused: refused.load(ordering: .relaxed),
            failedConnects: failedConnects.load(ordering: .relaxed),
            broken: broken.load(ordering: .relaxed),
            idleClosed: idleClosed.load(ordering: .relaxed),
            endpoints: tallies.counters(present: Set(balancer.status().map(\.id)))
        )
    }
}
