// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets
import Glibc

/// A bound socket for datagrams: the place where clients find a ``UDPProxy``.
///
/// The address is taken as soon as the listener exists, so that a port in use is known before anything else is begun.
public final class UDPListener: Sendable {
    /// The address with the port that was really bound, also if port 0 was asked for.
    public let localAddress: StreamAddress
    let socket: OwnedDescriptor

    /// Binds an address.
    ///
    /// Answers leave from the address to which the client has sent, also where the listener has all of the host's.
    ///
    /// - Parameter address: Where to listen; port 0 takes a free one. An IPv6 address takes no datagrams of IPv4.
    /// - Throws: ``ProxyError`` with code `invalidAddress` for the path of a Unix socket, or `addressInUse`,
    ///   `privilegedPort`, `addressNotAvailable` or `systemFailure`.
    public init(_ address: StreamAddress) throws(ProxyError) {
        guard address.port != nil else {
            throw ProxyError(.invalidAddress, "datagrams are received at an IP address and port, not at \(address)")
        }
        do throws(SystemCallError) {
            let socket = try DatagramSocket.make(family: address.family)
            if case .ipv6 = address {
                try StreamSocket.set(IPV6_V6ONLY, level: CInt(IPPROTO_IPV6), to: 1, on: socket.number)
            }
            guard csockets_note_arrivals(socket.number, address.family) == 0 else {
                throw SystemCallError.last("setsockopt")
            }
            guard address.withKernelAddress({ bind(socket.number, $0, $1) }) == 0 else {
                throw SystemCallError.last("bind")
            }
            localAddress = try StreamSocket.localAddress(socket.number) ?? address
            self.socket = socket
        } catch {
            throw error.explained(listeningOn: address)
        }
    }
}
