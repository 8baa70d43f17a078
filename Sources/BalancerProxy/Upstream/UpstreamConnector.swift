// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Makes the sockets by which a proxy reaches its endpoints.
///
/// A proxy asks ``socket(for:)`` first, on its own thread; a connector that answers there costs no switch of threads. If
/// it answers nil, ``connect(to:)`` is awaited instead.
public protocol UpstreamConnector<Address>: Sendable {
    /// What an endpoint's address is to this connector.
    associatedtype Address: Sendable

    /// Makes a socket for an address at once.
    ///
    /// Runs on a thread that serves other connections meanwhile, so it must not block; a few system calls are fine. What
    /// it throws counts as a failed connect.
    ///
    /// - Parameter address: The address of the chosen endpoint.
    /// - Returns: The socket, connected or not; nil to be asked by ``connect(to:)``.
    func socket(for address: Address) throws -> UpstreamSocket?

    /// Makes a socket for an address, taking its time.
    ///
    /// The task is cancelled when the proxy stops. What it throws counts as a failed connect.
    ///
    /// - Parameter address: The address of the chosen endpoint.
    /// - Returns: The socket, connected or not.
    @concurrent func connect(to address: Address) async throws -> UpstreamSocket
}

extension UpstreamConnector {
    /// Answers nil: the connector takes its time.
    ///
    /// - Parameter address: The address of the chosen endpoint.
    public func socket(for address: Address) throws -> UpstreamSocket? {
        nil
    }
}
