// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

/// A bridge as the thread sees it that works on it: one that is in the host's namespace.
///
/// These are the steps of which ``BridgeNetwork`` is made, for who has to do several of them on one thread.
package struct HostBridge: Sendable {
    let configuration: BridgeConfiguration
    let index: Int32

    /// Makes the bridge, or takes up the one of its name.
    ///
    /// - Throws: ``NetworkError`` if the configuration can't be, or there is a link of its name that is no bridge.
    package static func raise(_ configuration: BridgeConfiguration) throws(NetworkError) -> HostBridge {
        let pools = try BridgeNetwork.pools(of: configuration)
        do {
            return try make(configuration, pools: pools)
        } catch  where error.code == .alreadyExists {
            return try takeUp(configuration, pools: pools)
        }
    }

    /// Removes a link of the host; one that is not there is passed over.
    ///
    /// - Throws: ``NetworkError`` if the kernel refuses.
    package static func remove(link: String) throws(NetworkError) {
        try BridgeConfiguration.validate(linkName: link)
        do {
            try LinkTable().remove(link)
        } catch  where error.code == .notFound {}
    }

    /// Whether the host has a link of this name.
    package static func exists(_ link: String) throws(NetworkError) -> Bool {
        do {
            _ = try LinkTable().link(named: link)
            return true
        } catch  where error.code == .notFound {
            return false
        }
    }

    /// The networks that the host has addresses in or routes to.
    package static func prefixesInUse() throws(NetworkError) -> [IPPrefix] {
        let table = try LinkTable()
        return try table.addresses() + table.routes()
    }

    /// Makes a container's pair of links: a port of the bridge, and the other end in its namespace.
    package func addPort(_ attachment: NetworkAttachment, into namespace: NetworkNamespace) throws(NetworkError) {
        let peer = try namespace.duplicateDescriptor()
        defer { try? peer.close() }
        let port = VethPort(
            name: attachment.port,
            bridge: index,
            mtu: configuration.mtu,
            peerName: attachment.interface,
            peerHardwareAddress: attachment.hardwareAddress,
            peerNamespace: peer.rawValue
        )
        try LinkTable().addVeth(port)
    }

    /// Sets a container's link up; the calling thread is in the container's namespace.
    package static func configure(_ attachment: NetworkAttachment, isDefaultRoute: Bool) throws(NetworkError) {
        let table = try LinkTable()
        let link = try table.link(named: attachment.interface)
        for address in attachment.addresses { try table.addAddress(address, to: link.index) }
        try table.setUp(link.index)
        guard isDefaultRoute else { return }
        for gateway in attachment.gateways { try table.addDefaultRoute(through: gateway) }
    }

    /// The names of the links in the calling thread's namespace.
    package static func linkNames() throws(NetworkError) -> [String] {
        try LinkTable().links().map(\.name)
    }

    static func make(_ configuration: BridgeConfiguration, pools: [AddressPool]) throws(NetworkError) -> HostBridge {
        let table = try LinkTable()
        try table.addBridge(configuration.link, hardwareAddress: HardwareAddress.derived(from: pools[0].gateway))
        do {
            let index = try table.link(named: configuration.link).index
            for pool in pools { try table.addAddress(pool.gatewayPrefix, to: index) }
            try table.setUp(index)
            return HostBridge(configuration: configuration, index: index)
        } catch {
            try? table.remove(configuration.link)
            throw error
        }
    }

    private static func takeUp(
        _ configuration: BridgeConfiguration,
        pools: [AddressPool]
    ) throws(NetworkError) -> HostBridge {
        let table = try LinkTable()
        let link = try table.link(named: configuration.link)
        guard link.kind == "bridge" else {
            throw NetworkError(.alreadyExists, "\(configuration.link) is a link of the host already, and not a bridge")
        }
        let present = Set(try table.addresses(of: link.index))
        for pool in pools where !present.contains(pool.gatewayPrefix) {
            try table.addAddress(pool.gatewayPrefix, to: link.index)
        }
        try table.setUp(link.index)
        return HostBridge(configuration: configuration, index: link.index)
    }
}
