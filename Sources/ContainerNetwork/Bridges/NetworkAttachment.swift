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
    let port: String
}
