// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A pair of links that is to be made: one end a port of a bridge, the other in a container's namespace, veth(4).
struct VethPort: Hashable {
    /// The name of the port on the host.
    var name: String
    /// The index of the bridge.
    var bridge: Int32
    /// The most bytes of one packet, of both ends.
    var mtu: UInt32
    /// The name in the container, such as `eth0`.
    var peerName: String
    /// The hardware address in the container.
    var peerHardwareAddress: [UInt8]
    /// A descriptor of the container's namespace.
    var peerNamespace: CInt
}
