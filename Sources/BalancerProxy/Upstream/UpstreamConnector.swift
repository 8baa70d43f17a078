// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Makes the sockets by which a proxy reaches its endpoints.
///
/// A proxy asks ``socket(for:)`` first, on its own thread; a connector that answers there costs no switch of threads. If
/// it answers nil, ``connect(to:)`` is awaited instead. A connector implements one of the two, or both.
public protocol UpstreamConnector<Address>: Sendable {
    /// What an endpoint's address is to this connector.
    associatedtype Address: Sendable

    /// Makes a socket for an address at once.
    ///
    /// Runs on a thread that serves other connections meanwhile, so it must not block; a few system calls are fine.
    ///
    /// - Parameter address: The address of the chosen endpoint.
    /// - Returns: The socket, connected or not; nil to be asked by ``connect(to:)``.
    /// - Throws: Any error; it counts as a failed connect.
    func socket(for address: Address) throws -> UpstreamSocket?

    /// Makes a socket for an address, taking its time.
    ///
    /// The task is cancelled when the proxy stops.
    ///
    /// - Parameter address: The address of the chosen endpoint.
    /// - Returns: The socket, connected or not.
    /// - Throws: Any error; it counts as a failed connect.
    @concurrent func connect(to address: Address) async throws -> UpstreamSocket
}

extension UpstreamConnector {
    /// Answers nil: the connector takes its time.
    ///
    /// - Parameter address: The address of the chosen endpoint.
    /// - Returns: nil.
    /// - Throws: Nothing.
    public func socket(for address: Address) throws -> UpstreamSocket? {
        nil
    }

    /// Fails: a connector that does not implement this answers at once.
    ///
    /// - Parameter address: The address of the chosen endpoint.
    /// - Returns: Nothing.
    /// - Throws: ``ProxyError`` with code `connectFailed`.
    @concurrent public func connect(to address: Address) async throws -> UpstreamSocket {
        throw ProxyError(.connectFailed, "the connector has no socket for the endpoint")
    }
}
