// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Synchronization

/// One thread's part of a UDP proxy: the listeners that it receives from, its picker, and the clients' flows.
///
/// A listener belongs to one thread, so that a client's datagrams keep their order.
final class UDPProxyShard<Connector: DatagramConnector>: EventSource {
    typealias Address = Connector.Address

    /// How often it is looked whether endpoints have left: 100 ms.
    private static var lookInterval: UInt64 { 100_000_000 }

    let core: UDPProxyCore<Connector>
    let loop: EventLoop
    let id: SourceID
    private var picking: ShardPicking<Address>
    private let index: Int
    private let finished: @Sendable () -> Void
    private var receivers: [DatagramReceiver<Connector>] = []
    /// Those that were there at the last look, and that were picked since.
    private var endpoints: Set<String> = []
    /// When the flows that are left are ended; nil while the proxy serves.
    private var end: UInt64?

    init(core: UDPProxyCore<Connector>, loop: EventLoop, index: Int, finished: @escaping @Sendable () -> Void) {
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

    /// Begins to receive.
    func start() {
        let count = core.directory.ports.count
        receivers = core.listeners.enumerated().filter { $0.offset % count == index }.map {
            DatagramReceiver($0.element, shard: self)
        }
        for receiver in receivers { receiver.start() }
        picking.start()
        lookAfterFlows()
    }

    /// Picks by another balancer from now on; clients stay where they are if that endpoint is one of the new balancer's.
    func use(_ balancer: LoadBalancer<Address>) {
        picking.use(balancer)
    }

    // MARK: Flows

    /// Takes note that an endpoint has a client here.
    func noteUse(of endpoint: String) {
        endpoints.insert(endpoint)
    }

    /// Forgets which clients were sent to an endpoint.
    func disconnect(endpoint: String) {
        for flow in flows where flow.endpoint == endpoint { flow.end(.abandoned) }
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {}

    func deadlinePassed() {
        lookAfterFlows()
    }

    /// Ends the flows to endpoints that have left, of which nothing else tells: datagrams to them are lost without a word.
    private func lookAfterFlows() {
        let status = balancer.status()
        let present = Set(status.map(\.id))
        if !endpoints.isSubset(of: present) {
            for flow in flows where flow.endpoint.map({ !present.contains($0) }) ?? false { flow.end(.abandoned) }
        }
        endpoints = present
        endQuietFlows(to: Set(status.lazy.filter(\.isDraining).map(\.id)))
        if let end, finish(by: end) { return }
        guard !receivers.isEmpty else { return }
        loop.setDeadline(min(end ?? .max, loop.now + Self.lookInterval), for: id)
    }

    private func endQuietFlows(to draining: Set<String>) {
        guard end != nil || !draining.isEmpty else { return }
        let quietTime = core.configuration.quietTime.clampedNanoseconds
        for flow in flows where flow.isQuiet(for: quietTime) {
            if end != nil || flow.endpoint.map(draining.contains) ?? false { flow.end(.idle) }
        }
    }

    private var flows: [UDPFlow<Connector>] { receivers.flatMap(\.flows) }

    // MARK: Stopping

    /// Takes no more clients; those that are there go on until a deadline, or until they are quiet.
    func stop(at deadline: UInt64) {
        end = deadline
        for receiver in receivers { receiver.takesClients = false }
        lookAfterFlows()
    }

    /// Ends the proxy's part if no client is left or the time is over.
    private func finish(by end: UInt64) -> Bool {
        if end <= loop.now {
            for flow in flows { flow.end(.abandoned) }
        }
        guard flows.isEmpty else { return false }
        for receiver in receivers { receiver.stop() }
        receivers = []
        picking.stop()
        loop.remove(id)
        finished()
        return true
    }
}
