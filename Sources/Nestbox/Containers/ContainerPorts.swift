// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork

/// The host's ports of a container or service, which are taken while this lives.
struct ContainerPorts: Sendable {
    let streams: [PortPublication]
    let datagrams: [DatagramPublication]

    /// What is reachable, for the record.
    var published: [PublishedPort] { streams.map(\.published) + datagrams.map(\.published) }

    /// Takes the ports.
    ///
    /// - Parameters:
    ///   - mappings: What is to be reachable.
    ///   - mode: The network of the container.
    ///   - plane: The networks.
    /// - Throws: ``NestboxError`` of code `port` if one is taken; none is taken then.
    init(_ mappings: [PortMapping], mode: NetworkMode, plane: NetworkPlane) throws {
        var mappings = mappings
        switch mode.kind {
        case .container where !mappings.isEmpty:
            throw NestboxError(.invalidSpecification, "a container that has another's network can't publish ports")
        // Programs on the host's network listen on the host.
        case .host: mappings = []
        case .none:
            if let stray = mappings.first(where: { $0.transport == .udp }) {
                throw NestboxError(.port, "port '\(stray)' can't be published: the container has no network")
            }
        default: break
        }
        streams = try mappings.filter { $0.transport == .tcp }.map { try PortPublication($0) }
        datagrams = try mappings.filter { $0.transport == .udp }.map { mapping in
            do {
                return try DatagramPublication(mapping, loop: plane.services().loop)
            } catch {
                throw NestboxError(.port, "port '\(mapping)' can't be published", cause: error)
            }
        }
    }

    /// Leads clients to a container.
    func open(_ identifier: String, by connection: ContainerConnection) throws {
        for port in streams { try port.add(identifier, by: connection) }
        guard case .address(let target) = connection.reach else { return }
        for port in datagrams { try port.start(to: target) }
    }

    /// Leads clients nowhere; the ports stay taken.
    func close(_ identifier: String) {
        for port in streams { port.remove(identifier) }
        for port in datagrams { port.stop() }
    }
}
