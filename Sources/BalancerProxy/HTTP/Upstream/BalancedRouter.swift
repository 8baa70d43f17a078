// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Synchronization

/// Finds endpoints by a balancer.
final class BalancedRouter<Connector: UpstreamConnector>: UpstreamRouter {
    typealias Address = Connector.Address

    private var picking: ShardPicking<Address>
    private(set) var pools: [String: EndpointPool] = [:]
    /// The address of each pool's connections.
    private var addresses: [String: Address] = [:]
    fileprivate let connector: Connector
    fileprivate let requests: AsyncStream<ConnectRequest<Address>>.Continuation
    private let worker: HTTPWorker
    /// The pools that picks have led to since the last ``prune()``, by slot: most picks need no look at the endpoint.
    private var recent: [RecentPool?] = []

    init(
        balancer: LoadBalancer<Address>,
        connector: Connector,
        requests: AsyncStream<ConnectRequest<Address>>.Continuation,
        worker: HTTPWorker
    ) {
        self.connector = connector
        self.requests = requests
        self.worker = worker
        picking = ShardPicking(balancer, on: worker.loop, index: worker.index)
    }

    private var balancer: LoadBalancer<Address> { picking.balancer }
    private var picker: Picker<Address> { picking.picker }
    var now: Timestamp { balancer.time.now() }

    func start() { picking.start() }

    func stop() { picking.stop() }

    func place(_ context: PickContext) -> PlacementDecision {
        // For ordinary addresses there is code of its own, which needs no look at types while it runs.
        if let direct = self as? BalancedRouter<DirectConnector> { return direct.find(context) }
        return find(context)
    }

    @inline(never)
    private func find(_ context: PickContext) -> PlacementDecision {
        guard let pick = picker.pick(context) else { return .refused }
        guard let pool = pool(of: pick) else {
            balancer.complete(pick, .cancelled)
            return .refused
        }
        return .placed(BalancedPlacement(pick, balancer: balancer, pool: pool, router: self))
    }

    /// Picks by another balancer from now on; requests on their way are completed with the one that placed them.
    func adopt(_ balancer: LoadBalancer<Address>) {
        picking.use(balancer)
        prune()
    }

    func prune() {
        recent.removeAll(keepingCapacity: true)
        let present = balancer.status()
        let open = Set(present.lazy.filter { !$0.isDraining }.map(\.id))
        for pool in pools.values where !open.contains(pool.endpoint) { pool.closeIdle() }
        replaceMoved()
        let known = Set(present.map(\.id))
        for (id, pool) in pools where !known.contains(id) && pool.tally.counters.active == 0 {
            pools[id] = nil
            addresses[id] = nil
            worker.tally.forget(id)
        }
    }

    /// Lets go of connections to endpoints whose address has changed under their name.
    private func replaceMoved() {
        for endpoint in balancer.endpoints {
            guard let pool = pools[endpoint.id], let old = addresses[endpoint.id] as? any Equatable,
                !old.isEqual(to: endpoint.address)
            else { continue }
            pool.retire()
            pools[endpoint.id] = nil
            addresses[endpoint.id] = nil
        }
    }

    /// The pool of the endpoint that was picked; nil if the endpoint has left in between.
    private func pool(of pick: Pick<Address>) -> EndpointPool? {
        if pick.slot < recent.count, let known = recent[pick.slot], known.generation == pick.generation {
            return known.pool
        }
        guard let endpoint = picker.endpoint(of: pick) else { return nil }
        let pool = pool(of: endpoint)
        while recent.count <= pick.slot { recent.append(nil) }
        recent[pick.slot] = RecentPool(generation: pick.generation, pool: pool)
        return pool
    }

    private func pool(of endpoint: Endpoint<Address>) -> EndpointPool {
        let id = endpoint.id
        if let pool = pools[id] { return pool }
        let pool = EndpointPool(endpoint: id, worker: worker)
        pools[id] = pool
        addresses[id] = endpoint.address
        return pool
    }
}

/// The pool of a slot's holder of one generation.
private struct RecentPool {
    let generation: UInt64
    let pool: EndpointPool
}

extension Equatable {
    /// Whether something is of the same type and equal.
    fileprivate func isEqual(to other: Any) -> Bool { (other as? Self) == self }
}

/// A request that a balancer has placed.
private final class BalancedPlacement<Connector: UpstreamConnector>: Placement {
    let pool: EndpointPool
    private let pick: Pick<Connector.Address>
    private let balancer: LoadBalancer<Connector.Address>
    private unowned let router: BalancedRouter<Connector>

    init(
        _ pick: Pick<Connector.Address>,
        balancer: LoadBalancer<Connector.Address>,
        pool: EndpointPool,
        router: BalancedRouter<Connector>
    ) {
        self.pick = pick
        self.balancer = balancer
        self.pool = pool
        self.router = router
    }

    var slot: Int { pick.slot }

    func openSocket(for connection: SourceID) throws -> Answer? {
        if let socket = try router.connector.socket(for: pick.address) { return Answer(socket) }
        router.requests.yield(
            ConnectRequest(address: pick.address, connection: connection, attempt: 0, port: pool.worker.loop.port)
        )
        return nil
    }

    func complete(_ outcome: Outcome, latency: Duration?) {
        balancer.complete(pick, outcome, latency: latency)
    }

    func report(_ report: LoadReport) -> Bool {
        balancer.report(report, for: pick)
    }
}
