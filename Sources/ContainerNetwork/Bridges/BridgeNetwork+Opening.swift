// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension BridgeNetwork {
    /// Makes the bridge, or takes up the one of its name that another process has made.
    ///
    /// The addresses that the other's containers have are not known here: ``attach(_:interface:addresses:isDefaultRoute:)``
    /// is to be told the addresses then, one for each subnet.
    ///
    /// - Parameters:
    ///   - configuration: What the network is to be.
    ///   - host: The namespace of the bridge: the host's own.
    /// - Returns: The network.
    /// - Throws: ``NetworkError`` if the configuration can't be, or there is a link of its name that is no bridge.
    public static func open(
        _ configuration: BridgeConfiguration,
        in host: NetworkNamespace
    ) async throws -> BridgeNetwork {
        let pools = try Self.pools(of: configuration)
        let bridge = try await host.run { try HostBridge.raise(configuration).index }
        return BridgeNetwork(configuration, host: host, bridge: bridge, pools: pools)
    }

    /// Removes a bridge of a process that has ended; one that is not there is passed over.
    ///
    /// - Parameters:
    ///   - link: The bridge's name.
    ///   - host: The namespace of the bridge: the host's own.
    /// - Throws: ``NetworkError`` if the kernel refuses.
    public static func remove(link: String, in host: NetworkNamespace) async throws {
        try await host.run { try HostBridge.remove(link: link) }
    }

    /// The networks that the host has addresses in or routes to.
    ///
    /// - Parameter host: The namespace: the host's own.
    /// - Returns: The networks, some of them twice.
    /// - Throws: ``NetworkError`` if the kernel does not answer.
    public static func prefixesInUse(in host: NetworkNamespace) async throws -> [IPPrefix] {
        try await host.run { try HostBridge.prefixesInUse() }
    }
}
