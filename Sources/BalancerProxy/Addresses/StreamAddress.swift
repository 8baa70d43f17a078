// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Where a connection leads: an IP address with a port, or the path of a Unix stream socket.
///
/// The port is one of TCP for a ``TCPProxy`` and an ``HTTPProxy``, one of UDP for a ``UDPProxy``, which takes no path.
///
/// Names are not resolved here: an address is what the kernel connects to.
///
/// ```swift
/// let any = try StreamAddress("0.0.0.0:8080")
/// let six = try StreamAddress("[::1]:80")
/// let path = try StreamAddress("unix:/run/app.sock")
/// ```
public enum StreamAddress: Hashable, Sendable {
    /// An IPv4 address, its four bytes in network order, and a port.
    case ipv4(SIMD4<UInt8>, port: UInt16)
    /// An IPv6 address, its sixteen bytes in network order, a port, and the interface's index for link-local ones.
    case ipv6(SIMD16<UInt8>, port: UInt16, scope: UInt32)
    /// The path of a Unix stream socket.
    case unix(path: String)

    /// The loopback address 127.0.0.1 with a port; port 0 lets the kernel choose when listening.
    ///
    /// - Parameter port: The port.
    /// - Returns: The address.
    public static func loopback(port: UInt16) -> StreamAddress {
        .ipv4(SIMD4(127, 0, 0, 1), port: port)
    }

    /// The port; nil for a Unix socket.
    public var port: UInt16? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, let port, _): port
        case .unix: nil
        }
    }
}
