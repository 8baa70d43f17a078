// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Reaches endpoints by ordinary sockets of this process's own network namespace.
public struct DirectConnector: UpstreamConnector {
    /// Creates the connector.
    public init() {}

    /// Makes a socket that the proxy connects to the address.
    ///
    /// - Parameter address: The endpoint's address.
    /// - Throws: ``ProxyError`` if the system gives no socket.
    public func socket(for address: StreamAddress) throws -> UpstreamSocket? {
        try make(address)
    }

    /// Makes a socket that the proxy connects to the address.
    ///
    /// - Parameter address: The endpoint's address.
    /// - Throws: ``ProxyError`` if the system gives no socket.
    @concurrent public func connect(to address: StreamAddress) async throws -> UpstreamSocket {
        try make(address)
    }

    private func make(_ address: StreamAddress) throws(ProxyError) -> UpstreamSocket {
        do {
            let socket = try StreamSocket.make(family: address.family)
            return UpstreamSocket(unconnected: socket.release(), target: address)
        } catch {
            throw error.asProxyError("no socket could be made for \(address)")
        }
    }
}
