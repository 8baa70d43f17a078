// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import ContainerNetwork

/// A network as its record on disk describes it.
public struct NetworkRecord: Sendable, Hashable, Codable {
    /// The name of the network that is there without being made.
    static let builtInName = "bridge"
    /// Names that mean something else.
    static let reservedNames: Set<String> = ["bridge", "host", "none", "default", "container"]

    /// 64 hexadecimal digits.
    public var identifier: String
    /// The name, unique in the engine's root.
    public var name: String
    /// The subnets, with the address of the gateway in each.
    public var subnets: [IPPrefix]
    /// Whether containers reach only each other and the host.
    public var isInternal: Bool
    /// The most bytes of one packet.
    public var mtu: UInt32
    /// Free text by which networks are found.
    public var labels: [String: String]
    /// When it was made.
    public var createdAt: Moment
    /// Whether the subnets were found by the engine, which may find others when the host has come to use them.
    var isAutomatic: Bool

    /// The first twelve digits of the identifier, as people write it.
    public var shortIdentifier: String { String(identifier.prefix(12)) }
    /// Whether it is the one that is there without being made.
    public var isBuiltIn: Bool { name == Self.builtInName }
    /// The name of the bridge on the host, while a container is connected.
    public var link: String { "nb-" + shortIdentifier }
    /// Whether it has an IPv6 subnet.
    public var hasIPv6: Bool { subnets.contains { $0.address.isIPv6 } }

    /// Each subnet, and the host's address in it.
    public var gateways: [(subnet: IPPrefix, gateway: IPAddress)] {
        subnets.compactMap { subnet in (try? AddressPool(subnet)).map { (subnet, $0.gateway) } }
    }

    /// The network for the kernel.
    var configuration: BridgeConfiguration {
        BridgeConfiguration(link: link, subnets: subnets, mtu: mtu, isInternal: isInternal)
    }
}

/// A container's place on a network.
public struct NetworkEndpoint: Sendable, Hashable, Codable {
    /// The container's identifier.
    public var container: String
    /// The container's name.
    public var name: String
    /// Further names by which others find it.
    public var aliases: [String]
    /// The name of its link in the container, such as `eth0`.
    public var interface: String
    /// Its addresses, with the lengths of their networks' prefixes.
    public var addresses: [IPPrefix]
    /// The network's gateways.
    public var gateways: [IPAddress]
    /// Its hardware address.
    public var hardwareAddress: [UInt8]
    /// The name of its link's other end on the host.
    var link: String
    /// What the packet filter leads to it.
    var ports: [FilteredPort]

    /// Whether it answers to a name, which is in lower case.
    func answers(to other: String) -> Bool {
        name.lowercased() == other || container.prefix(12) == other || aliases.contains { $0.lowercased() == other }
    }
}

/// A published port as the packet filter has it.
struct FilteredPort: Sendable, Hashable, Codable {
    var hostAddress: IPAddress?
    var hostPort: UInt16
    var transport: TransportProtocol
    var target: IPAddress
    var targetPort: UInt16

    /// For the packet filter.
    var rule: PortTranslation {
        .init(
            hostAddress: hostAddress,
            hostPort: hostPort,
            transport: transport,
            target: target,
            targetPort: targetPort
        )
    }

    /// Where a published port leads by the packet filter: to each address of a kind that fits.
    ///
    /// What is published on a loopback address alone is served by this process: such packets never leave the host.
    static func ports(_ published: PublishedPort, to addresses: [IPPrefix]) -> [FilteredPort] {
        let stated = published.hostAddress == "0.0.0.0" ? nil : IPAddress(published.hostAddress)
        if let stated, stated == .loopbackIPv6 || (!stated.isIPv6 && stated.bytes[0] == 127) { return [] }
        return addresses.map(\.address).filter { stated == nil || stated?.isIPv6 == $0.isIPv6 }.map {
            FilteredPort(
                hostAddress: stated,
                hostPort: published.hostPort,
                transport: published.transport,
                target: $0,
                targetPort: published.containerPort
            )
        }
    }
}
