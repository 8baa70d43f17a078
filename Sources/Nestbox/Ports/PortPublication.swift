// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Balancer
internal import BalancerProxy
internal import ContainerNetwork
internal import Synchronization

/// A published port: listeners on the host, a proxy, and a balancer over the containers behind it.
///
/// The host's port is taken when this is made, so that one in use is known before anything else is begun.
final class PortPublication: Sendable {
    private typealias PortBalancer = LoadBalancer<ContainerPort>

    private struct Balancing {
        var present: PortBalancer
        /// Those that have been replaced and still have requests on their way.
        var former: [PortBalancer] = []

        var all: [PortBalancer] { former + [present] }
    }

    let published: PublishedPort
    private let containerPort: UInt16
    private let balancing: Mutex<Balancing>
    /// Given up once it has served, with which its listeners close.
    private let plane: Mutex<PublicationPlane?>

    private init(
        _ mapping: PortMapping,
        _ port: UInt16?,
        _ balancer: PortBalancer,
        _ plane: PublicationPlane
    ) {
        published = PublishedPort(
            hostAddress: mapping.hostAddress?.description ?? "0.0.0.0",
            hostPort: port ?? 0,
            containerPort: mapping.containerPort,
            transport: mapping.transport
        )
        containerPort = mapping.containerPort
        balancing = Mutex(Balancing(present: balancer))
        self.plane = Mutex(plane)
    }

    /// Publishes a port at which whole connections are balanced.
    ///
    /// - Parameters:
    ///   - mapping: What is to be reachable.
    ///   - policy: How clients are spread.
    ///   - endpointWait: How long clients wait while there is no container.
    /// - Throws: ``NestboxError`` of code `port`.
    convenience init(_ mapping: PortMapping, policy: any Policy = .roundRobin, endpointWait: Duration = .zero) throws {
        do {
            let listeners = try TCPListener.listen(mapping)
            let balancer = try PortBalancer(policy: policy, endpoints: [])
            var configuration = TCPProxyConfiguration()
            configuration.endpointWait = endpointWait
            let proxy = try TCPProxy(
                listeners: listeners,
                balancer: balancer,
                connector: NamespaceConnector(home: .current()),
                configuration: configuration
            )
            self.init(mapping, listeners.first?.localAddress.port, balancer, .tcp(proxy))
        } catch {
            throw NestboxError(.port, "port '\(mapping)' can't be published", cause: error)
        }
    }

    /// Publishes a port at which requests of HTTP are balanced.
    ///
    /// - Parameters:
    ///   - mapping: What is to be reachable.
    ///   - policy: How requests are spread.
    ///   - http: How clients are served.
    ///   - log: Takes note of each request.
    /// - Throws: ``NestboxError`` of code `port`.
    convenience init(_ mapping: PortMapping, policy: any Policy, http: HTTPOptions, log: AccessLog?) throws {
        do {
            let encryption = try http.encryption()
            let listeners = try TCPListener.listen(mapping)
            let balancer = try PortBalancer(policy: policy, endpoints: [])
            let proxy = try HTTPProxy(
                listeners: listeners.map { ProxyListener($0, tls: encryption) },
                balancer: balancer,
                connector: NamespaceConnector(home: .current()),
                configuration: http.configuration(log: log)
            )
            self.init(mapping, listeners.first?.localAddress.port, balancer, .http(proxy))
        } catch {
            throw NestboxError(.port, "port '\(mapping)' can't be published", cause: error)
        }
    }

    /// Publishes a port at which datagrams are balanced, each client's to one container.
    ///
    /// - Parameters:
    ///   - mapping: What is to be reachable.
    ///   - policy: How clients are spread.
    ///   - endpointWait: How long a client's first datagrams are kept while there is no container.
    /// - Throws: ``NestboxError`` of code `port`.
    convenience init(datagrams mapping: PortMapping, policy: any Policy, endpointWait: Duration) throws {
        do {
            let listeners = try UDPListener.listen(mapping)
            let balancer = try PortBalancer(policy: policy, endpoints: [])
            var configuration = UDPProxyConfiguration()
            configuration.endpointWait = endpointWait
            let proxy = try UDPProxy(
                listeners: listeners,
                balancer: balancer,
                connector: NamespaceDatagramConnector(home: .current()),
                configuration: configuration
            )
            self.init(mapping, listeners.first?.localAddress.port, balancer, .udp(proxy))
        } catch {
            throw NestboxError(.port, "port '\(mapping)' can't be published", cause: error)
        }
    }

    // MARK: Containers

    /// Puts a container behind the port; one that can't be reached stays out.
    func add(_ identifier: String, by connection: ContainerConnection) throws {
        let address: ContainerPort
        switch connection.reach {
        case .none: return
        case .loopback:
            guard let namespace = connection.namespace else { return }
            address = .loopback(namespace, port: containerPort)
        case .address(let target):
            let place = try StreamAddress(ip: target.description, port: containerPort)
            address = .address(place, isIPv6: target.isIPv6)
        }
        try balancing.withLock { try $0.present.apply([.add(Endpoint(id: identifier, address: address))]) }
    }

    /// Takes a container away from the port; one that is not there is none's concern.
    func remove(_ identifier: String) {
        balancing.withLock { state in
            for balancer in state.all { try? balancer.apply([.remove(id: identifier)]) }
        }
        plane.withLock { $0 }?.disconnect(identifier)
    }

    /// Whether a container takes connections on the port now; of datagrams nothing says so but an answer, to a question
    /// that only the program knows.
    @concurrent func answers(_ connection: ContainerConnection) async -> Bool {
        if published.transport == .udp { return true }
        return switch connection.reach {
        case .none: true
        case .loopback:
            if let namespace = connection.namespace {
                await PortProbe.answers(in: namespace, port: containerPort)
            } else {
                false
            }
        case .address(let address): await PortProbe.answers(address, port: containerPort)
        }
    }

    /// Sends no more clients to a container, while those that are there go on.
    func drain(_ identifier: String) {
        balancing.withLock { state in
            for balancer in state.all { try? balancer.apply([.setDraining(id: identifier, true)]) }
        }
    }

    // MARK: Balancing

    /// Spreads requests, or connections, by another policy from now on; those on their way end as they would.
    ///
    /// Connections that are there count with the policy that placed them, not with the new one.
    func use(_ policy: any Policy) throws {
        guard let plane = plane.withLock({ $0 }) else { return }
        try balancing.withLock { state in
            let draining = state.present.status().filter(\.isDraining).map(\.id)
            let next = try PortBalancer(policy: policy, endpoints: state.present.endpoints)
            try next.apply(draining.map { .setDraining(id: $0, true) })
            state.former = state.all.filter { $0 === state.present || $0.status().contains { $0.inFlight > 0 } }
            state.present = next
            plane.use(next)
        }
    }

    /// How many clients or requests wait for a container.
    var waiting: Int {
        let inFlight = balancing.withLock { state in
            state.all.reduce(0) { $1.status().reduce($0) { $0 + $1.inFlight } }
        }
        return plane.withLock { $0 }?.waiting(inFlight: inFlight) ?? 0
    }

    /// How many connections or requests a container has.
    func inFlight(_ identifier: String) -> Int {
        balancing.withLock { state in
            state.all.reduce(0) { $0 + ($1.inFlight(on: identifier) ?? 0) }
        }
    }

    /// What a container has reported of its load last, itself or its control groups for it.
    func reported(by identifier: String) -> Double? {
        balancing.withLock { $0.present }.status().first { $0.id == identifier }?.reportedUtilisation
    }

    /// Takes note of how busy a container's processors are, unless it says itself how busy it is.
    func report(cpu share: Double, of identifier: String) {
        guard plane.withLock({ $0 })?.hasReports(of: identifier) != true else { return }
        balancing.withLock { $0.present }.report(LoadReport(cpuUtilisation: share), from: identifier)
    }

    /// What was done at the port; `nil` where whole connections are balanced.
    var counters: HTTPProxyCounters? {
        guard case .http(let proxy) = plane.withLock({ $0 }) else { return nil }
        return proxy.counters
    }

    /// What was done at a port where whole connections are balanced.
    var connectionCounters: TCPProxyCounters? {
        guard case .tcp(let proxy) = plane.withLock({ $0 }) else { return nil }
        return proxy.counters
    }

    /// What was done at a port where datagrams are balanced.
    var datagramCounters: UDPProxyCounters? {
        guard case .udp(let proxy) = plane.withLock({ $0 }) else { return nil }
        return proxy.counters
    }

    // MARK: Life

    /// Serves clients until ``stop(within:)`` or cancellation.
    func serve() async {
        await plane.withLock { $0 }?.run()
        plane.withLock { $0 = nil }
    }

    /// Takes no more clients, and ends ``serve()`` when the last is gone or the time is over.
    func stop(within time: Duration) {
        plane.withLock { $0 }?.shutdown(within: time)
    }
}
