// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The numbers of a link's attributes, `<linux/if_link.h>`, `<linux/veth.h>`.
enum LinkAttribute {
    static let address: UInt16 = 1
    static let name: UInt16 = 3
    static let mtu: UInt16 = 4
    static let master: UInt16 = 10
    static let protocolInfo: UInt16 = 12
    static let info: UInt16 = 18
    static let namespaceDescriptor: UInt16 = 28

    /// Says that an attribute holds attributes, where the kernel insists on it.
    static let nested: UInt16 = 0x8000

    /// Within ``protocolInfo`` of a bridge's port: whether packets may go back out where they came in.
    static let portHairpin: UInt16 = 4

    /// Within ``info``.
    static let infoKind: UInt16 = 1
    /// Within ``info``; its content depends on the kind.
    static let infoData: UInt16 = 2
    /// Within ``infoData`` of a veth: the other end.
    static let vethPeer: UInt16 = 1
}
