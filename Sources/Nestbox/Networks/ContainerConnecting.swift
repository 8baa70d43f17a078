// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork
internal import FoundationEssentials
internal import SystemPackage

/// Gives a container that is being started its network, by its options.
struct ContainerConnecting {
    let engine: Nestbox
    let record: ContainerRecord
    let ports: [PublishedPort]

    private var plane: NetworkPlane { engine.networkPlane }
    private var options: NetworkOptions { record.specification.network }
    private var directory: ContainerDirectory { engine.layout.container(record.identifier) }

    /// Whether the container has a network namespace of its own.
    var makesNamespace: Bool {
        switch options.mode.kind {
        case .network, .none: true
        case .host, .container: false
        }
    }

    /// - Parameter own: The container's network namespace if it is there already; one is made otherwise.
    /// - Returns: The connection.
    /// - Throws: ``NestboxError`` or `NetworkError`; nothing is left then.
    func connect(_ own: NetworkNamespace? = nil) async throws -> ContainerConnection {
        switch options.mode.kind {
        case .network(let name): try await connect(to: name, own)
        case .none: try await isolate(own)
        case .host: try shareHost()
        case .container(let text): try share(text)
        }
    }

    /// Makes the container's files, for what they will say once it is connected.
    func emptyFiles() throws -> ContainerDirectory {
        _ = try write(addresses: [], gateway: nil, hasServer: false)
        return directory
    }

    private func take(_ own: NetworkNamespace?) async throws -> NetworkNamespace {
        if let own { return own }
        return try await plane.pool.take()
    }

    private func connect(to network: String, _ own: NetworkNamespace?) async throws -> ContainerConnection {
        var request = EndpointRequest(network: network, container: record.identifier, name: record.name)
        request.aliases = options.aliases + (record.service.map { [$0] } ?? [])
        request.addresses = options.addresses
        request.ports = ports
        let namespace = try await take(own)
        let connected = try await plane.connect(request, namespace)
        let name = try plane.find(network).name
        let addresses = connected.endpoint.addresses.map(\.address)
        do {
            let gateway = connected.endpoint.gateways.first
            let upstream = try write(addresses: addresses, gateway: gateway, hasServer: connected.listener != nil)
            let service = try connected.listener.map { listener in
                try plane.services().server.serve(
                    listener,
                    directory: ContainerNames(store: plane.store, container: record.identifier),
                    servers: upstream
                )
            }
            return try ContainerConnection(
                plane: plane,
                namespace: namespace,
                reach: addresses.first.map { .address($0) } ?? .loopback,
                files: directory,
                container: record.identifier,
                service: service
            )
        } catch {
            await plane.disconnect(connected.endpoint, from: name)
            namespace.close()
            throw error
        }
    }

    private func isolate(_ own: NetworkNamespace?) async throws -> ContainerConnection {
        _ = try write(addresses: [], gateway: nil, hasServer: false)
        return try ContainerConnection(
            plane: plane,
            namespace: try await take(own),
            reach: .loopback,
            files: directory
        )
    }

    private func shareHost() throws -> ContainerConnection {
        _ = try write(addresses: [], gateway: nil, hasServer: false)
        return try ContainerConnection(plane: plane, namespace: nil, reach: .none, files: directory)
    }

    private func share(_ text: String) throws -> ContainerConnection {
        let other = try engine.container(text)
        guard other.identifier != record.identifier, let process = other.state.process,
            let handle = ProcessHandle(process)
        else { throw NestboxError(.notRunning, "container '\(text)', whose network is to be shared, does not run") }
        let namespace = try NetworkNamespace.of(process: process.pid)
        guard handle.isAlive else {
            throw NestboxError(.notRunning, "container '\(text)', whose network is to be shared, has ended")
        }
        return try ContainerConnection(
            plane: plane,
            namespace: namespace,
            reach: .none,
            files: engine.layout.container(other.identifier)
        )
    }

    /// Writes the container's files, and says who is asked for other names.
    private func write(addresses: [IPAddress], gateway: IPAddress?, hasServer: Bool) throws -> [IPAddress] {
        let host = ResolverConfiguration(parsing: Self.hostResolver)
        let (file, upstream) = NetworkFiles.resolver(options, host: host, hasServer: hasServer)
        let hosts = NetworkFiles.hosts(
            hostName: record.hostName,
            addresses: addresses,
            extra: try options.extraHosts.map { try HostEntry($0) },
            gateway: gateway
        )
        try directory.write(hosts, to: directory.hostsFile)
        try directory.write(file.text, to: directory.resolverFile)
        return upstream
    }

    /// The text of the host's own `/etc/resolv.conf`.
    static var hostResolver: String {
        (try? Data(contentsOf: URL(filePath: "/etc/resolv.conf"))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
