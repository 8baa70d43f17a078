// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import ContainerNetwork

/// What a container's place on a network is to be.
struct EndpointRequest: Sendable {
    /// The network's name.
    var network: String
    /// The container's identifier and name.
    var container: String
    var name: String
    var aliases: [String] = []
    /// Addresses that it must have.
    var addresses: [IPAddress] = []
    /// What the packet filter leads to it.
    var ports: [PublishedPort] = []
    /// Whether it reaches the world through this network.
    var isDefaultRoute = true
    /// Whether it is to find the engine's name server.
    var asksForNames = true
    /// Whether the container may have links already.
    var joinsRunning = false
}

extension NetworkAttachment {
    /// A place as the kernel's side of it knows it.
    init(_ endpoint: NetworkEndpoint) {
        self.init(
            interface: endpoint.interface,
            addresses: endpoint.addresses,
            gateways: endpoint.gateways,
            hardwareAddress: endpoint.hardwareAddress,
            port: endpoint.link
        )
    }
}
