// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization
import SystemPackage

/// A network of containers on one host: a bridge, to which each is connected by a pair of links.
///
/// ```swift
/// let network = try await BridgeNetwork.create(
///     BridgeConfiguration(link: "nestbox0", subnets: [IPPrefix("172.30.0.0/16")!]),
///     in: NetworkNamespace.current()
/// )
/// let attachment = try await network.attach(namespace)        // eth0 with an address, up, default route set
/// ```
///
/// A container's links vanish with its namespace; the bridge stays until ``remove()``.
public final class BridgeNetwork: Sendable {
    /// What the network is.
    public let configuration: BridgeConfiguration
    private let host: NetworkNamespace
    private let bridge: Int32
    private let pools: Mutex<[AddressPool]>

    init(_ configuration: BridgeConfiguration, host: NetworkNamespace, bridge: Int32, pools: [AddressPool]) {
        self.configuration = configuration
        self.host = host
        self.bridge = bridge
        self.pools = Mutex(pools)
    }

    /// Makes the bridge, with the gateways' addresses, and sets it up.
    ///
    /// - Parameters:
    ///   - configuration: What the network is to be.
    ///   - host: The namespace in which the bridge is made: the host's own.
    /// - Returns: The network.
    /// - Throws: ``NetworkError`` if the configuration can't be, with code `alreadyExists` if there is a link of its name;
    ///   nothing is left then.
    public static func create(
        _ configuration: BridgeConfiguration,
        in host: NetworkNamespace
    ) async throws -> BridgeNetwork {
        let pools = try Self.pools(of: configuration)
        let bridge = try await host.run { try HostBridge.make(configuration, pools: pools).index }
        return BridgeNetwork(configuration, host: host, bridge: bridge, pools: pools)
    }

    /// Connects a container's namespace.
    ///
    /// - Parameters:
    ///   - namespace: The namespace, which has no link of that name yet.
    ///   - interface: The name of the link in the container.
    ///   - wanted: Addresses that the container must have; for a subnet without one a free one is taken.
    ///   - isDefaultRoute: Whether the container reaches the world through this network; of several networks only one
    ///     can be that. An internal network never is.
    /// - Returns: The place that it got.
    /// - Throws: ``NetworkError`` if an address is taken, none is free or the kernel refuses; nothing is left then.
    public func attach(
        _ namespace: NetworkNamespace,
        interface: String = "eth0",
        addresses wanted: [IPAddress] = [],
        isDefaultRoute: Bool = true
    ) async throws -> NetworkAttachment {
        try BridgeConfiguration.validate(linkName: interface)
        let attachment = try reserve(interface: interface, wanted: wanted)
        do {
            try await connect(namespace, attachment, isDefaultRoute: isDefaultRoute && !configuration.isInternal)
            return attachment
        } catch {
            await discard(attachment)
            throw error
        }
    }

    /// Disconnects a container, or gives back the place of one whose namespace is gone.
    ///
    /// - Parameter attachment: The place.
    public func detach(_ attachment: NetworkAttachment) async {
        await discard(attachment)
    }

    /// Removes the bridge; containers that are still connected lose their network.
    ///
    /// - Throws: ``NetworkError`` if the kernel refuses.
    public func remove() async throws {
        let link = configuration.link
        try await host.run { try LinkTable().remove(link) }
    }

    // MARK: Steps

    static func pools(of configuration: BridgeConfiguration) throws(NetworkError) -> [AddressPool] {
        try configuration.validate()
        var pools: [AddressPool] = []
        for subnet in configuration.subnets { pools.append(try AddressPool(subnet)) }
        return pools
    }

    private func reserve(interface: String, wanted: [IPAddress]) throws(NetworkError) -> NetworkAttachment {
        let (addresses, gateways) = try pools.withLock { pools throws(NetworkError) in
            var changed = pools
            let addresses = try Self.takeAddresses(from: &changed, wanted: wanted)
            pools = changed
            return (addresses, pools.map(\.gateway))
        }
        return NetworkAttachment(interface: interface, addresses: addresses, gateways: gateways)
    }

    private static func takeAddresses(
        from pools: inout [AddressPool],
        wanted: [IPAddress]
    ) throws(NetworkError) -> [IPPrefix] {
        var addresses: [IPPrefix] = []
        for stray in wanted where !pools.contains(where: { $0.prefix.contains(stray) }) {
            throw NetworkError(.invalidAddress, "\(stray) belongs to none of the network's subnets")
        }
        for index in pools.indices {
            let prefix = pools[index].prefix
            if let address = wanted.first(where: prefix.contains) {
                try pools[index].take(address)
                addresses.append(IPPrefix(unchecked: address, length: prefix.length))
            } else {
                addresses.append(IPPrefix(unchecked: try pools[index].take(), length: prefix.length))
            }
        }
        return addresses
    }

    private func connect(
        _ namespace: NetworkNamespace,
        _ attachment: NetworkAttachment,
        isDefaultRoute: Bool
    ) async throws {
        let bridge = HostBridge(configuration: configuration, index: self.bridge)
        try await host.run { try bridge.addPort(attachment, into: namespace) }
        try await namespace.run { try HostBridge.configure(attachment, isDefaultRoute: isDefaultRoute) }
    }

    /// Removes a container's link, if it is still there, and frees its addresses.
    private func discard(_ attachment: NetworkAttachment) async {
        _ = try? await host.run { try LinkTable().remove(attachment.port) }
        pools.withLock { pools in
            for index in pools.indices {
                for address in attachment.addresses { pools[index].giveBack(address.address) }
            }
        }
    }
}
