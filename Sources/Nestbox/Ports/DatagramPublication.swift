// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork
internal import Synchronization

/// A published port for datagrams: the host's sockets, and who passes on what the packet filter does not.
final class DatagramPublication: Sendable {
    let published: PublishedPort
    private let mapping: PortMapping
    private let listeners: [DatagramSocket]
    private let loop: DatagramLoop
    private let relays = Mutex<[DatagramRelay]>([])

    /// - Throws: `NetworkError` if no port that the mapping allows is free.
    init(_ mapping: PortMapping, loop: DatagramLoop) throws {
        self.mapping = mapping
        self.loop = loop
        listeners = try Self.listen(mapping)
        published = PublishedPort(
            hostAddress: mapping.hostAddress?.description ?? "0.0.0.0",
            hostPort: listeners.first?.port ?? 0,
            containerPort: mapping.containerPort,
            transport: .udp
        )
    }

    /// Leads datagrams to a container.
    func start(to target: IPAddress) throws {
        for listener in listeners {
            let relay = try DatagramRelay.start(listener, to: target, port: mapping.containerPort, on: loop)
            relays.withLock { $0.append(relay) }
        }
    }

    /// Leads them nowhere; the host's port stays taken.
    func stop() {
        let ended = relays.withLock { relays in
            defer { relays = [] }
            return relays
        }
        for relay in ended { relay.stop() }
    }

    private static func listen(_ mapping: PortMapping) throws -> [DatagramSocket] {
        guard let ports = mapping.hostPorts else {
            for _ in 0..<8 {
                if let listeners = try? listen(on: 0, mapping.hostAddress) { return listeners }
            }
            return try listen(on: 0, mapping.hostAddress)
        }
        for port in ports.dropLast() {
            if let listeners = try? listen(on: port, mapping.hostAddress) { return listeners }
        }
        return try listen(on: ports.upperBound, mapping.hostAddress)
    }

    private static func listen(on port: UInt16, _ address: IPAddress?) throws(NetworkError) -> [DatagramSocket] {
        if let address { return [try DatagramSocket.bound(to: address, port: port)] }
        guard let any = IPAddress("0.0.0.0"), let anyIPv6 = IPAddress("::") else { return [] }
        let first = try DatagramSocket.bound(to: any, port: port)
        do throws(NetworkError) {
            return [first, try DatagramSocket.bound(to: anyIPv6, port: first.port)]
        } catch  where error.code != .alreadyExists {
            // A host without IPv6.
            return [first]
        }
    }
}
