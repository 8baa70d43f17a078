// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A socket towards an endpoint, for a stream or for datagrams, on its way from a connector to the proxy.
///
/// The descriptor belongs to this value: it is closed with it unless the proxy has taken it.
public struct UpstreamSocket: ~Copyable, Sendable {
    let socket: OwnedDescriptor
    let target: StreamAddress?

    /// Takes a socket that is connected.
    ///
    /// - Parameter descriptor: A connected socket, non-blocking and close-on-exec.
    public init(connected descriptor: CInt) {
        socket = OwnedDescriptor(descriptor)
        target = nil
    }

    /// Takes a socket that the proxy is to connect, without blocking and with its own time limit.
    ///
    /// A socket stays in the network namespace in which it was created: connecting one that was created in a container's
    /// namespace to 127.0.0.1 reaches the container.
    ///
    /// - Parameters:
    ///   - descriptor: A socket of the target's family, non-blocking and close-on-exec: one for datagrams where a
    ///     ``UDPProxy`` asks, for a stream otherwise.
    ///   - target: What to connect it to.
    public init(unconnected descriptor: CInt, target: StreamAddress) {
        socket = OwnedDescriptor(descriptor)
        self.target = target
    }

    /// Gives the descriptor up without closing it.
    consuming func release() -> CInt {
        socket.release()
    }
}
