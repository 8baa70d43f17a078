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
    let published: PublishedPort
    private let containerPort: UInt16
    private let balancer: LoadBalancer<ContainerPort>
    /// Given up once it has served, with which its listeners close.
    private let proxy: Mutex<TCPProxy<NamespaceConnector>?>

    /// - Throws: ``NestboxError`` of code `port`.
    ///
    /// - Parameters:
    ///   - mapping: What is to be reachable.
    ///   - policy: How clients are spread.
    ///   - endpointWait: How long clients wait while there is no container.
    init(_ mapping: PortMapping, policy: any Policy = .roundRobin, endpointWait: Duration = .zero) throws {
        do {
            let listeners = try Self.listen(mapping)
            published = PublishedPort(
                hostAddress: mapping.hostAddress?.description ?? "0.0.0.0",
                hostPort: listeners.first?.localAddress.port ?? 0,
                containerPort: mapping.containerPort,
                transport: .tcp
            )
            containerPort = mapping.containerPort
            balancer = try LoadBalancer(policy: policy, endpoints: [])
            var configuration = TCPProxyConfiguration()
            configuration.endpointWait = endpointWait
            let proxy = try TCPProxy(
                listeners: listeners,
                balancer: balancer,
                connector: NamespaceConnector(home: .current()),
                configuration: configuration
            )
            self.proxy = Mutex(proxy)
        } catch {
            throw NestboxError(.port, "port '\(mapping)' can't be published", cause: error)
        }
    }

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
        try balancer.apply([.add(Endpoint(id: identifier, address: address))])
    }

    /// Takes a container away from the port; one that is not there is none's concern.
    func remove(_ identifier: String) {
        try? balancer.apply([.remove(id: identifier)])
    }

    /// Whether a container takes connections on the port now.
    func answers(_ connection: ContainerConnection) -> Bool {
        switch connection.reach {
        case .none: true
        case .loopback: connection.namespace.map { PortProbe.answers(in: $0, port: containerPort) } ?? false
        case .address(let address): PortProbe.answers(address, port: containerPort)
        }
    }

    /// How many clients are connected, those that wait for a container among them.
    var clients: Int { proxy.withLock { $0?.counters.active ?? 0 } }

    /// Sends no more clients to a container, while those that are there go on.
    func drain(_ identifier: String) {
        try? balancer.apply([.setDraining(id: identifier, true)])
    }

    /// How many connections a container has.
    func inFlight(_ identifier: String) -> Int {
        balancer.inFlight(on: identifier) ?? 0
    }

    /// Takes note of how busy a container's processors are.
    func report(cpu share: Double, of identifier: String) {
        balancer.report(LoadReport(cpuUtilisation: share), from: identifier)
    }

    /// Serves clients until ``stop(within:)`` or cancellation.
    func serve() async {
        try? await proxy.withLock { $0 }?.run()
        proxy.withLock { $0 = nil }
    }

    /// Takes no more clients, and ends ``serve()`` when the last is gone or the time is over.
    func stop(within time: Duration) {
        proxy.withLock { $0 }?.shutdown(within: time)
    }

    /// Takes one of the host's ports that the mapping allows.
    private static func listen(_ mapping: PortMapping) throws -> [TCPListener] {
        guard mapping.transport == .tcp else {
            throw NestboxError(.port, "only TCP ports can be published for a service")
        }
        guard let ports = mapping.hostPorts else { return try listenAnywhere(mapping.hostAddress) }
        for port in ports {
            do {
                return try listen(on: port, mapping.hostAddress)
            } catch let error as ProxyError where error.code == .addressInUse && port < ports.upperBound {
                continue
            }
        }
        return []
    }

    /// The kernel's choice for IPv4 may be taken for IPv6; the next one will hardly be.
    private static func listenAnywhere(_ address: IPAddress?) throws -> [TCPListener] {
        for _ in 0..<8 {
            do {
                return try listen(on: 0, address)
            } catch let error as ProxyError where error.code == .addressInUse {
                continue
            }
        }
        return try listen(on: 0, address)
    }

    private static func listen(on port: UInt16, _ address: IPAddress?) throws -> [TCPListener] {
        if let address { return [try TCPListener(StreamAddress(ip: address.description, port: port))] }
        let listener = try TCPListener(StreamAddress(ip: "0.0.0.0", port: port))
        do {
            let six = try StreamAddress(ip: "::", port: listener.localAddress.port ?? port)
            return [listener, try TCPListener(six)]
        } catch {
            // Others mean a host without IPv6.
            if error.code == .addressInUse { throw error }
            return [listener]
        }
    }
}
