// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A container's place on a bridge network.
public struct NetworkAttachment: Hashable, Sendable {
    /// The name of the link in the container, such as `eth0`.
    public let interface: String
    /// The container's addresses, one for each subnet, with their prefix lengths.
    public let addresses: [IPPrefix]
    /// The bridge's addresses, one for each subnet.
    public let gateways: [IPAddress]
    /// The hardware address in the container.
    public let hardwareAddress: [UInt8]
    /// The name of the link's other end on the host.
    package let port: String

    /// Describes a place.
    ///
    /// - Parameters:
    ///   - interface: The name of the link in the container.
    ///   - addresses: The container's addresses, one for each subnet.
    ///   - gateways: The bridge's addresses, one for each subnet.
    package init(interface: String, addresses: [IPPrefix], gateways: [IPAddress]) {
        self.interface = interface
        self.addresses = addresses
        self.gateways = gateways
        hardwareAddress = addresses.first.map { HardwareAddress.derived(from: $0.address) } ?? []
        port = PortName.random()
    }

    /// Describes a place that was given out before.
    package init(
        interface: String,
        addresses: [IPPrefix],
        gateways: [IPAddress],
        hardwareAddress: [UInt8],
        port: String
    ) {
        self.interface = interface
        self.addresses = addresses
        self.gateways = gateways
        self.hardwareAddress = hardwareAddress
        self.port = port
    }
}
