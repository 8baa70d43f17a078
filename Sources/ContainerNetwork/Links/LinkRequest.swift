// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The requests about links, as values; rtnetlink(7).
enum LinkRequest {
    static let newLinkType: UInt16 = 16
    static let deleteLinkType: UInt16 = 17
    static let getLinkType: UInt16 = 18
    static let setLinkType: UInt16 = 19
    private static let bridgeFamily: UInt8 = 7
    /// The size of `struct ifinfomsg`.
    static let headerSize = 16

    /// All links.
    static var list: NetlinkRequest {
        NetlinkRequest("RTM_GETLINK", type: getLinkType) { appendHeader(to: &$0) }
    }

    /// The link of a name.
    static func get(_ name: String) -> NetlinkRequest {
        NetlinkRequest("RTM_GETLINK", type: getLinkType) { writer in
            appendHeader(to: &writer)
            writer.attribute(LinkAttribute.name, string: name)
        }
    }

    /// Sets a link up.
    static func setUp(_ index: Int32) -> NetlinkRequest {
        NetlinkRequest("RTM_NEWLINK", type: newLinkType) { writer in
            appendHeader(to: &writer, index: index, flags: .up, changing: .up)
        }
    }

    /// Makes a bridge with a hardware address of its own, which stays when ports come and go.
    static func addBridge(_ name: String, hardwareAddress: [UInt8]) -> NetlinkRequest {
        NetlinkRequest("RTM_NEWLINK", type: newLinkType, flags: [.create, .exclusive]) { writer in
            appendHeader(to: &writer)
            writer.attribute(LinkAttribute.name, string: name)
            writer.attribute(LinkAttribute.address, bytes: hardwareAddress)
            writer.attribute(LinkAttribute.info) { $0.attribute(LinkAttribute.infoKind, string: "bridge") }
        }
    }

    /// Makes a pair of links: a port of a bridge here, which is up, and its other end in another namespace.
    static func addVeth(_ port: VethPort) -> NetlinkRequest {
        NetlinkRequest("RTM_NEWLINK", type: newLinkType, flags: [.create, .exclusive]) { writer in
            appendHeader(to: &writer, flags: .up, changing: .up)
            writer.attribute(LinkAttribute.name, string: port.name)
            writer.attribute(LinkAttribute.mtu, number: port.mtu)
            writer.attribute(LinkAttribute.master, number: port.bridge)
            writer.attribute(LinkAttribute.info) { info in
                info.attribute(LinkAttribute.infoKind, string: "veth")
                info.attribute(LinkAttribute.infoData) { data in
                    data.attribute(LinkAttribute.vethPeer) { peer in
                        appendHeader(to: &peer)
                        peer.attribute(LinkAttribute.name, string: port.peerName)
                        peer.attribute(LinkAttribute.mtu, number: port.mtu)
                        peer.attribute(LinkAttribute.address, bytes: port.peerHardwareAddress)
                        peer.attribute(LinkAttribute.namespaceDescriptor, number: port.peerNamespace)
                    }
                }
            }
        }
    }

    /// Lets a bridge send packets back out of the port on which they came in.
    ///
    /// A container that connects to its own published port needs that where bridged packets pass the packet filter
    /// (`bridge-nf-call-iptables`), for their target is changed before the bridge has looked at it.
    static func allowHairpin(_ port: Int32) -> NetlinkRequest {
        NetlinkRequest("RTM_SETLINK", type: setLinkType) { writer in
            appendHeader(to: &writer, family: bridgeFamily, index: port)
            writer.attribute(LinkAttribute.protocolInfo | LinkAttribute.nested) { info in
                info.attribute(LinkAttribute.portHairpin, number: UInt8(1))
            }
        }
    }

    /// Removes a link; of a pair, both ends.
    static func remove(_ name: String) -> NetlinkRequest {
        NetlinkRequest("RTM_DELLINK", type: deleteLinkType) { writer in
            appendHeader(to: &writer)
            writer.attribute(LinkAttribute.name, string: name)
        }
    }

    /// `struct ifinfomsg`.
    static func appendHeader(
        to writer: inout NetlinkWriter,
        family: UInt8 = 0,
        index: Int32 = 0,
        flags: Link.Flags = [],
        changing: Link.Flags = []
    ) {
        writer.append(family)
        writer.append(UInt8(0))
        writer.append(UInt16(0))
        writer.append(index)
        writer.append(flags.rawValue)
        writer.append(changing.rawValue)
    }
}
