// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// A bound, listening socket: the place where clients find a proxy.
///
/// The address is taken as soon as the listener exists, so that a port in use is known before anything else is begun.
/// Clients that connect before a proxy runs wait in the kernel's queue.
public final class TCPListener: Sendable {
    /// The address with the port that was really bound, also if port 0 was asked for.
    public let localAddress: StreamAddress
    let socket: OwnedDescriptor

    /// Binds an address and listens.
    ///
    /// - Parameters:
    ///   - address: Where to listen; port 0 takes a free one. A Unix socket's path must not exist yet.
    ///   - backlog: How many connections may wait to be accepted; the kernel bounds it by `net.core.somaxconn`.
    /// - Throws: ``ProxyError`` with code `addressInUse`, `privilegedPort`, `addressNotAvailable` or `systemFailure`.
    public init(_ address: StreamAddress, backlog: Int = 4096) throws(ProxyError) {
        do throws(SystemCallError) {
            let socket = try StreamSocket.make(family: address.family)
            try Self.prepare(socket.number, for: address)
            guard address.withKernelAddress({ bind(socket.number, $0, $1) }) == 0 else {
                throw SystemCallError.last("bind")
            }
            guard listen(socket.number, CInt(clamping: max(1, backlog))) == 0 else {
                throw SystemCallError.last("listen")
            }
            localAddress = try StreamSocket.localAddress(socket.number) ?? address
            self.socket = socket
        } catch {
            throw error.explained(listeningOn: address)
        }
    }

    /// Adopts a socket that listens already, such as one inherited from another process.
    ///
    /// - Parameter descriptor: The socket; it belongs to the listener from now on, also if this throws.
    /// - Throws: ``ProxyError`` if it is not a stream socket that listens.
    public init(adopting descriptor: CInt) throws(ProxyError) {
        let socket = OwnedDescriptor(descriptor)
        do throws(SystemCallError) {
            try Self.requireListening(descriptor)
            guard let address = try StreamSocket.localAddress(descriptor) else {
                throw SystemCallError(call: "getsockname", number: EAFNOSUPPORT)
            }
            guard fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0 else {
                throw SystemCallError.last("fcntl")
            }
            localAddress = address
            self.socket = socket
        } catch {
            throw error.asProxyError("descriptor \(descriptor) can't be used to accept connections")
        }
    }

    /// What connections inherit from the listener is set once here: no delay for small segments, and keep-alive, by
    /// which a peer that vanished is noticed after about four minutes.
    private static func prepare(_ descriptor: CInt, for address: StreamAddress) throws(SystemCallError) {
        guard address.port != nil else { return }
        let tcp = CInt(IPPROTO_TCP)
        try StreamSocket.set(SO_REUSEADDR, level: SOL_SOCKET, to: 1, on: descriptor)
        try StreamSocket.set(TCP_NODELAY, level: tcp, to: 1, on: descriptor)
        try StreamSocket.set(SO_KEEPALIVE, level: SOL_SOCKET, to: 1, on: descriptor)
        try StreamSocket.set(TCP_KEEPIDLE, level: tcp, to: 120, on: descriptor)
        try StreamSocket.set(TCP_KEEPINTVL, level: tcp, to: 30, on: descriptor)
        try StreamSocket.set(TCP_KEEPCNT, level: tcp, to: 4, on: descriptor)
        if case .ipv6 = address {
            try StreamSocket.set(IPV6_V6ONLY, level: CInt(IPPROTO_IPV6), to: 1, on: descriptor)
        }
    }

    private static func requireListening(_ descriptor: CInt) throws(SystemCallError) {
        var listening: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 else {
            throw .last("getsockopt")
        }
        guard listening != 0 else { throw SystemCallError(call: "getsockopt", number: EINVAL) }
    }
}
