// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The flags of a netlink message, `<linux/netlink.h>`.
struct NetlinkFlags: OptionSet {
    let rawValue: UInt16

    static let request = NetlinkFlags(rawValue: 0x1)
    static let multipart = NetlinkFlags(rawValue: 0x2)
    /// Answer also if it went well.
    static let acknowledge = NetlinkFlags(rawValue: 0x4)
    /// The table changed while it was read.
    static let interrupted = NetlinkFlags(rawValue: 0x10)
    /// List all.
    static let dump = NetlinkFlags(rawValue: 0x300)
    /// Replace what exists.
    static let replace = NetlinkFlags(rawValue: 0x100)
    /// Fail if it exists.
    static let exclusive = NetlinkFlags(rawValue: 0x200)
    /// Create what does not exist.
    static let create = NetlinkFlags(rawValue: 0x400)
}
