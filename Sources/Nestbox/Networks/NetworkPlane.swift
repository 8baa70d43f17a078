// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
internal import ContainerNetwork
internal import Logging
internal import Synchronization
internal import SystemPackage

/// What the host has of this root's networks: bridges, links and a table of the packet filter.
///
/// A bridge is there while a process uses it. Each process shares a lock for each network it uses; who lets go of the
/// last share takes the bridge down. What dead processes left is taken down when the root is opened next.
///
/// All of it works on threads in the host's namespace, one for each errand, which may wait for other processes' locks.
final class NetworkPlane: Sendable {
    /// A network that this process uses.
    struct Use: Sendable {
        var bridge: HostBridge
        var share: FileLock
        var forwarding: ForwardingLease?
    }

    let store: NetworkStore
    /// Whether a container's process lives, by the container's identifier.
    private let isAlive: @Sendable (String) -> Bool
    let host: NetworkNamespace
    let logger: Logger
    let pool = NamespacePool(size: 2)
    let filter: PacketFilter
    let uses = Mutex<[String: Use]>([:])
    private let names = Mutex<(loop: DatagramLoop, server: NameServer)?>(nil)

    /// Prepares; nothing is made yet.
    init(_ layout: StateLayout, logger: Logger) throws {
        store = NetworkStore(directory: layout.networks)
        isAlive = { FileLock.isHeld(layout.container($0).lock) }
        host = try .current()
        filter = try PacketFilter(table: "nestbox_" + Self.tag(of: layout.root), host: host)
        self.logger = logger
    }

    /// Tells one root's table from another's: FNV-1a of the path.
    private static func tag(of root: FilePath) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in root.string.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 36)
    }

    /// The thread that answers questions about names and passes datagrams on; it starts with the first container.
    func services() throws -> (loop: DatagramLoop, server: NameServer) {
        try names.withLock { names in
            if let names { return names }
            let loop = try DatagramLoop()
            let made = (loop: loop, server: NameServer(loop: loop))
            names = made
            return made
        }
    }

    // MARK: Up

    /// Makes sure that the host has a network; under the store's lock, in the host's namespace.
    ///
    /// - Returns: The network, with the subnets that it has now, and its bridge.
    func raise(_ network: NetworkRecord) throws -> (NetworkRecord, HostBridge) {
        if let use = uses.withLock({ $0[network.identifier] }) { return (network, use.bridge) }
        let share = try FileLock.share(store.users(network.name))
        let network = try withFreeSubnets(network)
        do {
            try store.markUp(network.name)
            let bridge = try HostBridge.raise(network.configuration)
            try filter.applyHere(try store.rules())
            var use = Use(bridge: bridge, share: share)
            if !network.isInternal { use.forwarding = forward(network) }
            uses.withLock { $0[network.identifier] = use }
            return (network, bridge)
        } catch {
            takeDown(network, share)
            throw error
        }
    }

    /// A host that does not let itself be changed still serves published ports, and containers still reach each other.
    private func forward(_ network: NetworkRecord) -> ForwardingLease? {
        do {
            return try ForwardingLease.take(for: network.configuration, on: host)
        } catch {
            logger.warning(
                "containers can't reach the world: the host does not forward packets",
                metadata: ["network.name": "\(network.name)", "error": "\(error)"]
            )
            return nil
        }
    }

    /// Finds other subnets for a network that is not up if the host has come to use them otherwise.
    private func withFreeSubnets(_ network: NetworkRecord) throws -> NetworkRecord {
        guard try !HostBridge.exists(network.link) else { return network }
        let taken = try HostBridge.prefixesInUse()
        guard let clash = network.subnets.first(where: { taken.contains(where: $0.overlaps) }) else { return network }
        guard network.isAutomatic else {
            throw NestboxError(.network, "network '\(network.name)' can't be used: the host has \(clash) otherwise")
        }
        var moved = network
        moved.subnets = try freeSubnets(hasIPv6: network.hasIPv6)
        try store.write(moved)
        return moved
    }

    /// Subnets that neither the host nor another network has.
    func freeSubnets(hasIPv6: Bool) throws -> [IPPrefix] {
        let taken = try HostBridge.prefixesInUse() + store.records().flatMap(\.subnets)
        let start = Int.random(in: 0..<256)
        return [try SubnetPool.ipv4(avoiding: taken, startingAt: start)] + (hasIPv6 ? [SubnetPool.ipv6()] : [])
    }

    // MARK: Down

    /// Lets go of every network of this process.
    func close() async {
        let used = uses.withLock { Array($0.keys) }
        if !used.isEmpty {
            _ = try? await host.run { [self] in
                try store.withLock {
                    for network in try store.records() where used.contains(network.identifier) { lower(network) }
                }
            }
        }
        names.withLock { names in
            names?.loop.close()
            names = nil
        }
        pool.close()
    }

    /// Lets go of a network; under the store's lock, in the host's namespace.
    func lower(_ network: NetworkRecord) {
        guard let use = uses.withLock({ $0.removeValue(forKey: network.identifier) }) else { return }
        takeDown(network, use.share)
        use.forwarding?.end()
    }

    /// Takes down what a network has on the host, if no other process uses it and no container is connected.
    private func takeDown(_ network: NetworkRecord, _ share: FileLock) {
        guard share.claimAlone(), !hasContainers(network) else { return }
        do {
            try HostBridge.remove(link: network.link)
            store.markDown(network.name)
            let rules = try store.rules()
            if rules.networks.isEmpty { try filter.removeHere() } else { try filter.applyHere(rules) }
        } catch {
            logger.warning(
                "something of a network stays on the host",
                metadata: ["network.name": "\(network.name)", "error": "\(error)"]
            )
        }
    }

    func hasContainers(_ network: NetworkRecord) -> Bool {
        store.endpoints(of: network.name).places.keys.contains(where: isAlive)
    }

    /// Takes down what dead processes left on the host.
    func sweep() async throws {
        let networks = try store.records()
        let left = networks.filter { store.isUp($0.name) && !FileLock.isHeld(store.users($0.name)) }
        let dead = networks.filter { network in
            store.endpoints(of: network.name).places.keys.contains { !isAlive($0) }
        }
        guard !left.isEmpty || !dead.isEmpty else { return }
        try await host.run { [self] in
            try store.withLock {
                for network in dead { try forgetDead(network) }
                for network in left { takeDown(network, try FileLock.share(store.users(network.name))) }
                if !left.isEmpty { ForwardingLease.sweep(host) }
            }
        }
    }

    /// Gives back the places of containers whose processes died.
    private func forgetDead(_ network: NetworkRecord) throws {
        var endpoints = store.endpoints(of: network.name)
        for (identifier, endpoint) in endpoints.places where !isAlive(identifier) {
            filter.removeHere(endpoint.ports.map(\.rule))
            try HostBridge.remove(link: endpoint.link)
            endpoints.places[identifier] = nil
        }
        try store.write(endpoints, of: network.name)
    }

    // MARK: Containers

    /// Connects a container's namespace to a network.
    ///
    /// - Parameters:
    ///   - request: What it is to be called, and what it must have.
    ///   - namespace: The container's.
    /// - Returns: Its place, and the socket on which it asks for names.
    /// - Throws: ``NestboxError`` or `NetworkError`; nothing is left then.
    func connect(
        _ request: EndpointRequest,
        _ namespace: NetworkNamespace
    ) async throws -> (endpoint: NetworkEndpoint, listener: DatagramSocket?) {
        try await host.run { [self] in
            let interface = try self.interface(request, namespace)
            let (network, endpoint, bridge) = try store.withLock { try register(request, interface: interface) }
            do {
                let attachment = NetworkAttachment(endpoint)
                try bridge.addPort(attachment, into: namespace)
                try filter.addHere(endpoint.ports.map(\.rule))
                try namespace.enter()
                try HostBridge.configure(attachment, isDefaultRoute: request.isDefaultRoute && !network.isInternal)
                let listener = request.asksForNames ? try NameServer.makeListener() : nil
                return (endpoint, listener)
            } catch {
                try host.enter()
                disconnectHere(endpoint, from: network.name)
                throw error
            }
        }
    }

    /// Disconnects a container; what is gone already is passed over.
    func disconnect(_ endpoint: NetworkEndpoint, from network: String) async {
        _ = try? await host.run { [self] in disconnectHere(endpoint, from: network) }
    }

    /// Disconnects a container from every network.
    func disconnectAll(_ container: String) async {
        _ = try? await host.run { [self] in
            for network in try store.records() {
                guard let endpoint = store.endpoints(of: network.name).places[container] else { continue }
                disconnectHere(endpoint, from: network.name)
                // A network that another process connected it to has no user that would take it down.
                guard uses.withLock({ $0[network.identifier] == nil }), store.isUp(network.name) else { continue }
                try store.withLock { takeDown(network, try FileLock.share(store.users(network.name))) }
            }
        }
    }

    private func disconnectHere(_ endpoint: NetworkEndpoint, from network: String) {
        do {
            filter.removeHere(endpoint.ports.map(\.rule))
            try HostBridge.remove(link: endpoint.link)
            try store.withLock {
                var endpoints = store.endpoints(of: network)
                guard endpoints.places[endpoint.container]?.link == endpoint.link else { return }
                endpoints.places[endpoint.container] = nil
                try store.write(endpoints, of: network)
            }
        } catch {
            logger.warning(
                "something of a container's connection stays",
                metadata: ["container.id": "\(endpoint.container)", "error": "\(error)"]
            )
        }
    }

    /// Finds addresses and writes them down, before anything is made that would have to be found again.
    private func register(
        _ request: EndpointRequest,
        interface: String
    ) throws -> (NetworkRecord, NetworkEndpoint, HostBridge) {
        let (network, bridge) = try raise(try find(request.network))
        var endpoints = store.endpoints(of: network.name)
        guard endpoints.places[request.container] == nil else {
            throw NestboxError(
                .network,
                "container '\(request.name)' is connected to network '\(network.name)' already"
            )
        }
        let (addresses, gateways) = try endpoints.take(request.addresses, from: network.subnets)
        let attachment = NetworkAttachment(interface: interface, addresses: addresses, gateways: gateways)
        let endpoint = NetworkEndpoint(
            container: request.container,
            name: request.name,
            aliases: request.aliases,
            interface: interface,
            addresses: addresses,
            gateways: gateways,
            hardwareAddress: attachment.hardwareAddress,
            link: attachment.port,
            ports: request.ports.flatMap { FilteredPort.ports($0, to: addresses) }
        )
        endpoints.places[request.container] = endpoint
        try store.write(endpoints, of: network.name)
        return (network, endpoint, bridge)
    }

    /// The network of a name; the one that needs not be made is made now.
    func find(_ name: String) throws -> NetworkRecord {
        if let network = try store.record(of: name) { return network }
        guard name == NetworkRecord.builtInName else {
            throw NestboxError(.networkNotFound, "no such network: \(name)")
        }
        let network = NetworkRecord(
            identifier: ContainerConfiguration.randomIdentifier(),
            name: name,
            subnets: try freeSubnets(hasIPv6: false),
            isInternal: false,
            mtu: 1500,
            labels: [:],
            createdAt: .now(),
            isAutomatic: true
        )
        try store.write(network)
        return network
    }

    /// The first name that no link of the container has; a new namespace has none.
    private func interface(_ request: EndpointRequest, _ namespace: NetworkNamespace) throws -> String {
        guard request.joinsRunning else { return "eth0" }
        try namespace.enter()
        let taken = Set(try HostBridge.linkNames())
        try host.enter()
        return (0...).lazy.map { "eth\($0)" }.first { !taken.contains($0) } ?? "eth0"
    }
}
