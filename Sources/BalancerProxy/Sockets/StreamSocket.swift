// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets
import Glibc

/// The calls on stream sockets that listeners and connections share.
///
/// Every socket is non-blocking and closed on exec from its first moment.
enum StreamSocket {
    /// How a connect began.
    enum Connecting {
        case done
        case inProgress
    }

    /// Creates a stream socket of a family.
    static func make(family: CInt) throws(SystemCallError) -> OwnedDescriptor {
        let kind = CInt(bitPattern: SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw .last("socket") }
        return OwnedDescriptor(descriptor)
    }

    /// Begins to connect; the socket turns writable, or reports an error, when it is decided.
    static func connect(_ descriptor: CInt, to address: StreamAddress) throws(SystemCallError) -> Connecting {
        let result = address.withKernelAddress { Glibc.connect(descriptor, $0, $1) }
        if result == 0 { return .done }
        if errno == EINPROGRESS || errno == EINTR { return .inProgress }
        throw .last("connect")
    }

    /// Begins to connect a socket that a connector has made, unless it is connected.
    static func begin(_ descriptor: CInt, to target: StreamAddress?) throws(SystemCallError) {
        guard let target else { return }
        if target.port != nil { try set(TCP_NODELAY, level: CInt(IPPROTO_TCP), to: 1, on: descriptor) }
        _ = try connect(descriptor, to: target)
    }

    /// The error that a socket has stored, 0 if none; reading clears it.
    static func pendingError(_ descriptor: CInt) -> CInt {
        var number: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size) == 0 ? number : errno
    }

    /// Sets an option that is a number.
    static func set(_ option: CInt, level: CInt, to value: CInt, on descriptor: CInt) throws(SystemCallError) {
        var value = value
        let size = socklen_t(MemoryLayout<CInt>.size)
        guard setsockopt(descriptor, level, option, &value, size) == 0 else { throw .last("setsockopt") }
    }

    /// The address that a socket is bound to.
    static func localAddress(_ descriptor: CInt) throws(SystemCallError) -> StreamAddress? {
        var storage = sockaddr_storage()
        let result = fill(&storage) { getsockname(descriptor, $0, $1) }
        guard result == 0 else { throw .last("getsockname") }
        return StreamAddress(storage)
    }

    /// Takes the next connection from a listener's queue.
    static func accept(_ listener: CInt) throws(SystemCallError) -> (descriptor: CInt, peer: StreamAddress?) {
        var storage = sockaddr_storage()
        let descriptor = fill(&storage) { csockets_accept(listener, $0, $1) }
        guard descriptor >= 0 else { throw .last("accept4") }
        return (descriptor, storage.ss_family == sa_family_t(AF_UNIX) ? nil : StreamAddress(storage))
    }

    /// Makes the coming close tell the peer that the stream broke off, by a reset instead of an end.
    static func resetOnClose(_ descriptor: CInt) {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    private static func fill(
        _ storage: inout sockaddr_storage,
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) -> CInt {
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &size) }
        }
    }
}
