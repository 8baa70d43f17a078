// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

@testable import ContainerNetwork

/// A listening socket on every address of the namespace in which it was made.
final class ReachableServer: Sendable {
    private let descriptor: CInt
    let port: UInt16

    init(isIPv6: Bool) throws {
        let family = isIPv6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, CInt(bitPattern: SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        // A listen without a bind takes a free port on every address.
        guard listen(descriptor, 8) == 0 else { throw SystemCallError.last("listen") }
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        // The port lies at the same place for both families.
        port = UInt16(bigEndian: address.sin6_port)
    }

    deinit {
        close(descriptor)
    }

    /// Connects a socket to the server at an address and says whether that was accepted.
    func answers(_ client: CInt, at address: IPAddress) -> Bool {
        peer(of: client, at: address, port: port) != nil
    }

    /// Connects a socket to an address that leads to the server, and says who connected as the server sees it.
    ///
    /// - Returns: nil if the server can't be reached.
    func peer(of client: CInt, at address: IPAddress, port: UInt16) -> IPAddress? {
        guard start(client, to: address, port: port) == 0 || errno == EINPROGRESS else { return nil }
        var waiting = pollfd(fd: client, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, 2_000) == 1, Int32(waiting.revents) & POLLERR == 0 else { return nil }
        var peer = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let accepted = withUnsafeMutablePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(descriptor, $0, &size) }
        }
        guard accepted >= 0 else { return nil }
        close(accepted)
        // An IPv4 address begins where an IPv6 one has its flow label.
        return withUnsafeBytes(of: peer) { IPAddress(bytes: Array(address.isIPv6 ? $0[8..<24] : $0[4..<8])) }
    }

    private func start(_ client: CInt, to address: IPAddress, port: UInt16) -> CInt {
        if address.isIPv6 {
            var target = sockaddr_in6()
            target.sin6_family = sa_family_t(AF_INET6)
            target.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &target.sin6_addr) { $0.copyBytes(from: address.bytes) }
            return connect(client, &target)
        }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = port.bigEndian
        withUnsafeMutableBytes(of: &target.sin_addr) { $0.copyBytes(from: address.bytes) }
        return connect(client, &target)
    }

    private func connect<Address>(_ client: CInt, _ address: inout Address) -> CInt {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(client, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
