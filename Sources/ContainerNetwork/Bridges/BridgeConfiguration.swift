// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a bridge network is to be.
public struct BridgeConfiguration: Hashable, Sendable {
    /// The longest name of a link, `IFNAMSIZ` less its NUL.
    static let longestName = 15

    /// The name of the bridge's link on the host; at most 15 bytes.
    public var link: String
    /// The networks, one for each of IPv4 and IPv6 at most; an address with bits behind the prefix becomes the gateway.
    public var subnets: [IPPrefix]
    /// The most bytes of one packet; 1500 by default.
    public var mtu: UInt32
    /// Whether containers reach only each other and the host: they get no default route.
    public var isInternal: Bool

    /// Creates a configuration.
    ///
    /// - Parameters:
    ///   - link: The name of the bridge's link on the host; at most 15 bytes.
    ///   - subnets: The networks.
    ///   - mtu: The most bytes of one packet.
    ///   - isInternal: Whether containers get no default route.
    public init(link: String, subnets: [IPPrefix], mtu: UInt32 = 1500, isInternal: Bool = false) {
        self.link = link
        self.subnets = subnets
        self.mtu = mtu
        self.isInternal = isInternal
    }

    /// Refuses what could not be made, before anything is.
    package func checkAll() throws(NetworkError) {
        _ = try BridgeNetwork.pools(of: self)
    }

    /// Refuses what the kernel would refuse later, or misunderstand.
    func validate() throws(NetworkError) {
        try Self.validate(linkName: link)
        guard (1280...65_535).contains(mtu) else {
            throw NetworkError(.invalidAddress, "an MTU is from 1280 to 65535 bytes, not \(mtu)")
        }
        guard !subnets.isEmpty else {
            throw NetworkError(.invalidAddress, "a bridge network needs a subnet, such as 172.30.0.0/16")
        }
        guard subnets.filter({ $0.address.isIPv6 }).count <= 1, subnets.filter({ !$0.address.isIPv6 }).count <= 1 else {
            throw NetworkError(.invalidAddress, "a bridge network has one IPv4 and one IPv6 subnet at most")
        }
    }

    /// Refuses a name that the kernel would refuse or take for a pattern.
    static func validate(linkName name: String) throws(NetworkError) {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            case UInt8(ascii: "."): name != "." && name != ".."
            default: false
            }
        }
        guard isPlain, (1...longestName).contains(name.utf8.count) else {
            throw NetworkError(
                .invalidName,
                "'\(name)' can't be a link's name: 1 to \(longestName) letters, digits, -, _ and . are allowed"
            )
        }
    }
}
