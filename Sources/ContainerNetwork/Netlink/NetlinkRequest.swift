// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A request to the kernel's network tables, as a value: what is asked, before it is numbered and sent.
struct NetlinkRequest {
    /// What is asked for, for error messages, such as `RTM_NEWLINK`.
    let name: String
    let type: UInt16
    let flags: NetlinkFlags
    private let content: (inout NetlinkWriter) -> Void

    init(_ name: String, type: UInt16, flags: NetlinkFlags = [], content: @escaping (inout NetlinkWriter) -> Void) {
        self.name = name
        self.type = type
        self.flags = flags
        self.content = content
    }

    /// The bytes to be sent.
    func message(flags more: NetlinkFlags, sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter(type: type, flags: flags.union(more), sequence: sequence)
        content(&writer)
        return writer.finish()
    }
}
