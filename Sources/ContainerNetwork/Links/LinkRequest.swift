// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The requests about links, as values; rtnetlink(7).
enum LinkRequest {
    static let newLinkType: UInt16 = 16
    static let deleteLinkType: UInt16 = 17
    static let getLinkType: UInt16 = 18
    /// The size of `struct ifinfomsg`.
    static let headerSize = 16

    /// All links.
    static var list: NetlinkRequest {
        NetlinkRequest("RTM_GETLINK", type: getLinkType) { appendHeader(to: &$0) }
    }

    /// Sets a link up.
    static func setUp(_ index: Int32) -> NetlinkRequest {
        NetlinkRequest("RTM_NEWLINK", type: newLinkType) { writer in
            appendHeader(to: &writer, index: index, flags: .up, changing: .up)
        }
    }

    /// `struct ifinfomsg`.
    static func appendHeader(
        to writer: inout NetlinkWriter,
        index: Int32 = 0,
        flags: Link.Flags = [],
        changing: Link.Flags = []
    ) {
        writer.append(UInt8(0))
        writer.append(UInt8(0))
        writer.append(UInt16(0))
        writer.append(index)
        writer.append(flags.rawValue)
        writer.append(changing.rawValue)
    }
}
