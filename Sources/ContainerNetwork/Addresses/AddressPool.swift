// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The addresses of one network: which are given out, and which comes next.
///
/// The network's own address, its gateway and, for IPv4, its last address are never given out. Addresses are taken in
/// order and used again only when all others were, so that a new container does not get the address of one just removed.
public struct AddressPool: Hashable, Sendable {
    /// The network.
    public let prefix: IPPrefix
    /// The address of the bridge, by which containers reach other networks: the prefix's own, or else the first.
    public let gateway: IPAddress

    private var taken: Set<IPAddress> = []
    /// How far behind the network's address the search for the next free one begins.
    public private(set) var next: UInt64 = 1

    /// Creates a pool of which nothing is given out.
    ///
    /// - Parameters:
    ///   - prefix: The network; an address with bits behind the prefix becomes the gateway.
    ///   - next: Where the search for a free address begins: ``next`` of an earlier pool of this network.
    /// - Throws: ``NetworkError`` with code `invalidAddress` if the network has no room for a gateway and a container.
    public init(_ prefix: IPPrefix, next: UInt64 = 1) throws(NetworkError) {
        let bits = prefix.address.bytes.count * 8
        guard bits - prefix.length >= 2, let first = prefix.network.advanced(by: 1) else {
            throw NetworkError(
                .invalidAddress,
                "\(prefix) has no room for containers; the prefix may have at most \(bits - 2) bits"
            )
        }
        guard prefix.address.isIPv6 || prefix.address != prefix.last else {
            throw NetworkError(
                .invalidAddress,
                "\(prefix.address) addresses all of its network and can't be its gateway"
            )
        }
        self.prefix = prefix
        gateway = prefix.address == prefix.network ? first : prefix.address
        self.next = (1..<size).contains(next) ? next : 1
    }

    /// Takes the next free address.
    ///
    /// - Returns: The address.
    /// - Throws: ``NetworkError`` with code `addressesExhausted` if all are given out.
    public mutating func take() throws(NetworkError) -> IPAddress {
        let size = self.size
        for _ in 0..<UInt64(taken.count) + 4 {
            let candidate = prefix.network.advanced(by: next)
            next = next + 1 < size ? next + 1 : 1
            if let candidate, isUsable(candidate), taken.insert(candidate).inserted { return candidate }
        }
        throw NetworkError(.addressesExhausted, "every address of \(prefix) is given out")
    }

    /// Takes a certain address.
    ///
    /// - Parameter address: The address.
    /// - Throws: ``NetworkError`` with code `invalidAddress` if it can't be a container's, or `alreadyExists` if it is one.
    public mutating func take(_ address: IPAddress) throws(NetworkError) {
        guard prefix.contains(address), isUsable(address) else {
            throw NetworkError(.invalidAddress, "\(address) can't be a container's address on \(prefix)")
        }
        guard taken.insert(address).inserted else {
            throw NetworkError(.alreadyExists, "\(address) is another container's address")
        }
    }

    /// Gives an address back.
    ///
    /// - Parameter address: The address; one that was not taken is passed over.
    public mutating func giveBack(_ address: IPAddress) {
        taken.remove(address)
    }

    /// The gateway's address with the network's prefix length.
    var gatewayPrefix: IPPrefix { IPPrefix(unchecked: gateway, length: prefix.length) }

    /// How many addresses are given out.
    public var count: Int { taken.count }

    /// The number of addresses, at most 2^63.
    private var size: UInt64 {
        let bits = prefix.address.bytes.count * 8 - prefix.length
        return 1 << UInt64(min(63, bits))
    }

    private func isUsable(_ address: IPAddress) -> Bool {
        address != gateway && address != prefix.network && (address.isIPv6 || address != prefix.last)
    }
}
