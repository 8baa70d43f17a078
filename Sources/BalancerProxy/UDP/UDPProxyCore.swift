// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Synchronization

/// What the threads of one UDP proxy share.
final class UDPProxyCore<Connector: DatagramConnector>: Sendable {
    typealias Address = Connector.Address

    let configuration: UDPProxyConfiguration
    let listeners: [UDPListener]
    let connector: Connector
    let directory: ShardDirectory<UDPProxyShard<Connector>>
    let limit: ConnectionLimit
    let tallies = EndpointTallies()

    let flows = Atomic<UInt64>(0)
    let waiting = Atomic<Int>(0)
    private let kept = Atomic<Int>(0)
    let dropped = Atomic<UInt64>(0)
    let failedEndpoints = Atomic<UInt64>(0)
    private let current: Mutex<LoadBalancer<Address>>

    init(
        configuration: UDPProxyConfiguration,
        listeners: [UDPListener],
        balancer: LoadBalancer<Address>,
        connector: Connector,
        ports: [EventLoopPort]
    ) {
        self.configuration = configuration
        self.listeners = listeners
        self.connector = connector
        current = Mutex(balancer)
        directory = ShardDirectory(ports: ports)
        limit = ConnectionLimit(configuration.maxFlows)
    }

    /// Who picks the endpoints of clients to come.
    var balancer: LoadBalancer<Address> { current.withLock { $0 } }

    /// Picks by another balancer from now on.
    func use(_ balancer: LoadBalancer<Address>) {
        current.withLock { $0 = balancer }
        directory.onEvery { $0.use(balancer) }
    }

    /// Makes a part of the proxy on each thread, which receives from then on.
    func start(finished: @escaping @Sendable () -> Void) {
        directory.begin { [self] loop, index in
            let shard = UDPProxyShard(core: self, loop: loop, index: index, finished: finished)
            shard.start()
            return shard.id
        }
    }

    /// Counts bytes of datagrams that are kept, or with a negative number are no more, unless that would be too many.
    func keep(_ count: Int) -> Bool {
        let sum = kept.add(count, ordering: .relaxed).newValue
        guard count > 0, sum > configuration.maxKeptBytes else { return true }
        kept.subtract(count, ordering: .relaxed)
        return false
    }

    func drop(_ count: Int = 1) {
        dropped.add(UInt64(count), ordering: .relaxed)
    }

    /// The present figures.
    var counters: UDPProxyCounters {
        UDPProxyCounters(
            flows: flows.load(ordering: .relaxed),
            active: limit.count,
            dropped: dropped.load(ordering: .relaxed),
            failedEndpoints: failedEndpoints.load(ordering: .relaxed),
            endpoints: tallies.counters(present: Set(balancer.status().map(\.id)))
        )
    }
}
