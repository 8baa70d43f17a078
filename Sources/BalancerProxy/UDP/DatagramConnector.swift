// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Makes the sockets by which a ``UDPProxy`` reaches its endpoints.
public protocol DatagramConnector<Address>: Sendable {
    /// What an endpoint's address is to this connector.
    associatedtype Address: Sendable

    /// Makes a socket for an address.
    ///
    /// Runs on a thread that serves other clients meanwhile, so it must not block; a few system calls are fine.
    ///
    /// - Parameter address: The address of the chosen endpoint.
    /// - Returns: A socket for datagrams, connected or not.
    /// - Throws: Any error; the endpoint counts as failed.
    func socket(for address: Address) throws -> UpstreamSocket
}

/// Reaches endpoints by ordinary sockets of this process's own network namespace.
public struct DirectDatagramConnector: DatagramConnector {
    /// Creates the connector.
    public init() {}

    /// Makes a socket that the proxy connects to the address.
    ///
    /// - Parameter address: The endpoint's address.
    /// - Returns: The socket.
    /// - Throws: ``ProxyError`` if the system gives no socket.
    public func socket(for address: StreamAddress) throws -> UpstreamSocket {
        do {
            let socket = try DatagramSocket.make(family: address.family)
            return UpstreamSocket(unconnected: socket.release(), target: address)
        } catch {
            throw error.asProxyError("no socket could be made for \(address)")
        }
    }
}
