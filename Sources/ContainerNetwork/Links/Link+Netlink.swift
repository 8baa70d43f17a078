// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Link {
    /// Reads a link as the kernel lists it; nil for a message that is none.
    init?(_ message: NetlinkMessage) throws(NetworkError) {
        guard message.type == LinkRequest.newLinkType else { return nil }
        var header = ByteReader(message.body[...])
        try header.skip(4)
        let index = try header.number(as: Int32.self)
        let flags = try header.number(as: UInt32.self)
        let attributes = try message.attributes(after: LinkRequest.headerSize)
        self.init(
            index: index,
            name: attributes.string(LinkAttribute.name) ?? "",
            flags: Flags(rawValue: flags),
            mtu: attributes.number(LinkAttribute.mtu) ?? 0,
            hardwareAddress: attributes[LinkAttribute.address].map { Array($0) } ?? [],
            kind: try attributes.nested(LinkAttribute.info)?.string(LinkAttribute.infoKind),
            master: attributes.number(LinkAttribute.master)
        )
    }
}
