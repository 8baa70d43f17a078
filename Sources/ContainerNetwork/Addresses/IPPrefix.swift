// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An address with the length of its network's prefix, such as `172.18.0.1/16`.
public struct IPPrefix: Hashable, Sendable {
    /// The address; it may have bits behind the prefix.
    public let address: IPAddress
    /// How many leading bits name the network.
    public let length: Int

    /// Takes an address and a prefix length; nil if the length is more than the address has bits.
    ///
    /// - Parameters:
    ///   - address: The address.
    ///   - length: The length of the prefix in bits.
    public init?(_ address: IPAddress, length: Int) {
        guard (0...address.bytes.count * 8).contains(length) else { return nil }
        self.address = address
        self.length = length
    }

    /// Reads a prefix such as `10.0.0.0/8`; nil if it is none.
    ///
    /// - Parameter text: The address, a slash and the length.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])), parts[1].first?.isNumber == true,
            let length = Int(parts[1])
        else { return nil }
        self.init(address, length: length)
    }

    init(unchecked address: IPAddress, length: Int) {
        self.address = address
        self.length = length
    }

    /// The network's own address: all bits behind the prefix are 0.
    public var network: IPAddress {
        IPAddress(unchecked: zip(address.bytes, mask).map { $0 & $1 })
    }

    /// The last address of the network; for IPv4 the one by which all are addressed.
    public var last: IPAddress {
        IPAddress(unchecked: zip(address.bytes, mask).map { $0 | ~$1 })
    }

    /// Whether an address belongs to the network.
    ///
    /// - Parameter other: The address.
    /// - Returns: Whether it has the same prefix.
    public func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        return zip(zip(other.bytes, address.bytes), mask).allSatisfy { ($0.0 ^ $0.1) & $1 == 0 }
    }

    /// Whether two networks have an address in common.
    ///
    /// - Parameter other: The other network.
    /// - Returns: Whether one lies within the other.
    public func overlaps(_ other: IPPrefix) -> Bool {
        length <= other.length ? contains(other.network) : other.contains(network)
    }

    private var mask: [UInt8] {
        (0..<address.bytes.count).map { index in
            let bits = min(8, max(0, length - index * 8))
            return bits == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - bits))
        }
    }
}

extension IPPrefix: CustomStringConvertible {
    /// The prefix as it is written.
    public var description: String { "\(address)/\(length)" }
}
