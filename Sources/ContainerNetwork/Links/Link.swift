// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A network interface.
public struct Link: Hashable, Sendable {
    /// What a link is doing, `netdevice(7)`.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The flags as the kernel has them.
        public let rawValue: UInt32

        /// Set up by an administrator.
        public static let up = Flags(rawValue: 0x1)
        /// The loopback interface.
        public static let loopback = Flags(rawValue: 0x8)
        /// Ready to carry packets.
        public static let running = Flags(rawValue: 0x40)

        /// Takes the kernel's flags.
        ///
        /// - Parameter rawValue: The flags.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }
    }

    /// The number by which the kernel knows it within its namespace.
    public var index: Int32
    /// The name, such as `eth0`.
    public var name: String
    /// What it is doing.
    public var flags: Flags
    /// The most bytes of one packet.
    public var mtu: UInt32
    /// The hardware address; empty if it has none.
    public var hardwareAddress: [UInt8]
    /// The driver's kind, such as `veth` or `bridge`; nil for hardware and the loopback.
    public var kind: String?
    /// The bridge that it is a port of.
    public var master: Int32?

    /// Every link of the calling thread's network namespace.
    ///
    /// - Returns: The links, in the kernel's order.
    /// - Throws: ``NetworkError`` if the kernel does not answer.
    public static func all() throws(NetworkError) -> [Link] {
        try LinkTable().links()
    }
}
