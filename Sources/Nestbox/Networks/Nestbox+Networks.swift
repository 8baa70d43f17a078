// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerKit
public import ContainerNetwork

/// Networks of containers: any container of one root can be on them, whichever process it belongs to.
extension Nestbox {
    /// Makes a network.
    ///
    /// The host has its bridge while containers are connected.
    ///
    /// - Parameter specification: What the network is to be.
    /// - Returns: The network.
    /// - Throws: ``NestboxError``: `nameInUse`, `invalidSpecification`, or `network` if its subnets are taken.
    @discardableResult
    public func createNetwork(_ specification: NetworkSpecification) async throws -> NetworkRecord {
        try ContainerName.validate(specification.name, atLeast: 1)
        guard !NetworkRecord.reservedNames.contains(specification.name) else {
            throw NestboxError(.nameInUse, "the network name '\(specification.name)' has a meaning of its own")
        }
        return try await networkErrand("network '\(specification.name)' can't be made") { plane in
            guard try plane.store.record(of: specification.name) == nil else {
                throw NestboxError(.nameInUse, "the network name '\(specification.name)' is already in use")
            }
            let network = NetworkRecord(
                identifier: ContainerConfiguration.randomIdentifier(),
                name: specification.name,
                subnets: try Self.subnets(specification, plane),
                isInternal: specification.isInternal,
                mtu: specification.mtu,
                labels: specification.labels,
                createdAt: .now(),
                isAutomatic: specification.subnets.isEmpty
            )
            try network.configuration.checkAll()
            try plane.store.write(network)
            return network
        }
    }

    /// The networks, by name.
    ///
    /// - Throws: ``NestboxError`` of code `state`.
    public func networks() throws -> [NetworkRecord] {
        do {
            return try networkPlane.store.records()
        } catch {
            throw NestboxError(error, "the networks can't be listed")
        }
    }

    /// The network of a name, an identifier, or the beginning of one.
    ///
    /// - Parameter text: What a person wrote.
    /// - Returns: The network.
    /// - Throws: ``NestboxError`` of code `networkNotFound`.
    public func network(_ text: String) throws -> NetworkRecord {
        if let network = try networkPlane.store.record(of: text) { return network }
        throw NestboxError(.networkNotFound, "no such network: \(text)")
    }

    /// The containers that are connected to a network.
    ///
    /// - Parameter network: Its name.
    /// - Returns: The places.
    /// - Throws: ``NestboxError`` of code `networkNotFound`.
    public func endpoints(of network: String) throws -> [NetworkEndpoint] {
        let name = try self.network(network).name
        return networkPlane.store.endpoints(of: name).places.values.sorted { $0.name < $1.name }
    }

    /// A container's places, by the names of the networks; none if it does not run.
    ///
    /// - Parameter container: The container's identifier.
    /// - Returns: The places.
    /// - Throws: ``NestboxError`` of code `state`.
    public func endpoints(ofContainer container: String) throws -> [String: NetworkEndpoint] {
        var found: [String: NetworkEndpoint] = [:]
        for network in try networks() {
            found[network.name] = networkPlane.store.endpoints(of: network.name).places[container]
        }
        return found
    }

    /// Removes a network to which no container is connected.
    ///
    /// - Parameter text: The network.
    /// - Throws: ``NestboxError``: `networkNotFound`, or `network` if a container is connected.
    public func removeNetwork(_ text: String) async throws {
        try await networkErrand("network '\(text)' can't be removed") { [self] plane in
            try removeNow(try network(text), plane)
        }
    }

    /// Removes the networks to which no container is connected, but for the one that is there without being made.
    ///
    /// - Returns: Their names.
    /// - Throws: ``NestboxError``.
    public func pruneNetworks() async throws -> [String] {
        try await networkErrand("unused networks can't be removed") { [self] plane in
            var removed: [String] = []
            for network in try plane.store.records() where !network.isBuiltIn && isUnused(network) {
                try removeNow(network, plane)
                removed.append(network.name)
            }
            return removed
        }
    }

    /// Connects a running container to one more network.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - network: The network.
    ///   - aliases: Further names by which the containers of the network find it.
    ///   - addresses: Addresses that it must have.
    /// - Returns: Its place.
    /// - Throws: ``NestboxError``: `notRunning`, `networkNotFound`, `network`.
    @discardableResult
    public func connect(
        _ text: String,
        to network: String,
        aliases: [String] = [],
        addresses: [IPAddress] = []
    ) async throws -> NetworkEndpoint {
        let record = try container(text)
        for alias in aliases { try ContainerName.validate(alias, atLeast: 1) }
        guard case .network = record.specification.network.mode.kind else {
            throw NestboxError(
                .network,
                "container '\(record.name)' can't be connected: its network is '\(record.specification.network.mode)'"
            )
        }
        guard let process = record.state.process, let handle = ProcessHandle(process) else {
            throw NestboxError(.notRunning, "container '\(record.name)' does not run")
        }
        do {
            let namespace = try NetworkNamespace.of(process: process.pid)
            guard handle.isAlive else { throw NestboxError(.notRunning, "container '\(record.name)' has ended") }
            var request = EndpointRequest(network: network, container: record.identifier, name: record.name)
            request.aliases = aliases
            request.addresses = addresses
            request.isDefaultRoute = try endpoints(ofContainer: record.identifier).isEmpty
            request.asksForNames = false
            request.joinsRunning = true
            return try await networkPlane.connect(request, namespace).endpoint
        } catch {
            throw NestboxError(error, "container '\(record.name)' can't be connected to network '\(network)'")
        }
    }

    /// Takes a container off a network.
    ///
    /// - Parameters:
    ///   - text: The container.
    ///   - network: The network.
    /// - Throws: ``NestboxError``: `containerNotFound`, `networkNotFound`, `network` if it is not connected.
    public func disconnect(_ text: String, from network: String) async throws {
        let record = try container(text)
        let name = try self.network(network).name
        guard let endpoint = networkPlane.store.endpoints(of: name).places[record.identifier] else {
            throw NestboxError(.network, "container '\(record.name)' is not connected to network '\(name)'")
        }
        await networkPlane.disconnect(endpoint, from: name)
    }

    // MARK: Parts

    /// Does something to networks while no other process does, on a thread in the host's namespace.
    private func networkErrand<Result: Sendable>(
        _ failure: String,
        _ body: @escaping @Sendable (NetworkPlane) throws -> Result
    ) async throws -> Result {
        let plane = networkPlane
        do {
            return try await plane.host.run { try plane.store.withLock { try body(plane) } }
        } catch {
            throw NestboxError(error, failure)
        }
    }

    private static func subnets(_ specification: NetworkSpecification, _ plane: NetworkPlane) throws -> [IPPrefix] {
        guard !specification.subnets.isEmpty else {
            return try plane.freeSubnets(hasIPv6: specification.hasIPv6)
        }
        let others = try plane.store.records()
        for subnet in specification.subnets {
            if let other = others.first(where: { $0.subnets.contains(where: subnet.overlaps) }) {
                throw NestboxError(.network, "subnet \(subnet) overlaps with that of network '\(other.name)'")
            }
        }
        var subnets = specification.subnets
        if specification.hasIPv6, !subnets.contains(where: \.address.isIPv6) { subnets.append(SubnetPool.ipv6()) }
        return subnets
    }

    private func isUnused(_ network: NetworkRecord) -> Bool {
        !networkPlane.hasContainers(network)
    }

    /// Under the store's lock, in the host's namespace.
    private func removeNow(_ network: NetworkRecord, _ plane: NetworkPlane) throws {
        guard !network.isBuiltIn else {
            throw NestboxError(.network, "the network '\(network.name)' is the engine's own and can't be removed")
        }
        guard isUnused(network) else {
            let names = plane.store.endpoints(of: network.name).places.values.map(\.name).sorted()
            throw NestboxError(
                .network,
                "network '\(network.name)' has containers connected: \(names.joined(separator: ", "))"
            )
        }
        plane.lower(network)
        try HostBridge.remove(link: network.link)
        plane.store.markDown(network.name)
        try plane.store.remove(network)
    }
}
