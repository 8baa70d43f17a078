// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Sendable {
    /// The four or sixteen bytes, in network order.
    public let bytes: [UInt8]

    /// Takes the bytes of an address; nil for another number of bytes than four or sixteen.
    ///
    /// - Parameter bytes: The bytes, in network order.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads an address such as `10.0.0.1` or `fd00::1`; nil if it is none.
    ///
    /// - Parameter text: The address, without brackets, prefix length or zone.
    public init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: six) { Array($0) }
        } else {
            return nil
        }
    }

    /// Whether it is an IPv6 address.
    public var isIPv6: Bool { bytes.count == 16 }

    /// The loopback address 127.0.0.1.
    public static let loopback = IPAddress(unchecked: [127, 0, 0, 1])
    /// The loopback address ::1.
    public static let loopbackIPv6 = IPAddress(unchecked: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])

    init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }
}

extension IPAddress: CustomStringConvertible {
    /// The address as it is written, IPv6 after RFC 5952.
    public var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            let family = isIPv6 ? AF_INET6 : AF_INET
            guard let start = text.baseAddress, let written = inet_ntop(family, bytes, start, socklen_t(text.count))
            else { return "?" }
            return String(cString: written)
        }
    }
}

extension IPAddress: Comparable {
    /// IPv4 before IPv6, and each by its number.
    ///
    /// - Parameters:
    ///   - one: An address.
    ///   - other: Another.
    /// - Returns: Whether the first is lower.
    public static func < (one: IPAddress, other: IPAddress) -> Bool {
        one.bytes.count == other.bytes.count
            ? one.bytes.lexicographicallyPrecedes(other.bytes) : one.bytes.count < other.bytes.count
    }
}
