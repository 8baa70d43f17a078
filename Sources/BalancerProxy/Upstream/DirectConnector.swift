// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reaches endpoints by ordinary sockets of this process's own network namespace.
public struct DirectConnector: UpstreamConnector {
    /// Creates the connector.
    public init() {}

    /// Makes a socket that the proxy connects to the address.
    ///
    /// - Parameter address: The endpoint's address.
    /// - Returns: The socket.
    /// - Throws: ``ProxyError`` if the system gives no socket.
    public func socket(for address: StreamAddress) throws -> UpstreamSocket? {
        do {
            let socket = try StreamSocket.make(family: address.family)
            return UpstreamSocket(unconnected: socket.release(), target: address)
        } catch {
            throw error.asProxyError("no socket could be made for \(address)")
        }
    }
}
