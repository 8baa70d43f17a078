// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// A non-blocking socket for datagrams; it is closed with its last reference.
package final class DatagramSocket: Sendable {
    /// The largest datagram of IP.
    static let largest = 65_535

    let descriptor: CInt

    /// Makes a socket in the calling thread's namespace.
    init(isIPv6: Bool) throws(NetworkError) {
        let kind = CInt(bitPattern: SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, kind, 0)
        guard descriptor >= 0 else {
            throw SystemCallError.last("socket").asNetworkError("no socket for datagrams could be made")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Makes a socket that is bound, in the calling thread's namespace.
    ///
    /// - Parameters:
    ///   - address: The address.
    ///   - port: The port; 0 for one of the kernel's choice.
    ///   - leavesOthers: Whether a program that says so too (`SO_REUSEADDR`) may have the port of every address; what is
    ///     sent to this address stays this socket's.
    /// - Returns: The socket.
    /// - Throws: ``NetworkError`` with code `alreadyExists` if the port is taken.
    package static func bound(
        to address: IPAddress,
        port: UInt16,
        leavesOthers: Bool = false
    ) throws(NetworkError) -> DatagramSocket {
        let made = try DatagramSocket(isIPv6: address.isIPv6)
        if leavesOthers {
            var on: CInt = 1
            setsockopt(made.descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
        }
        if address.isIPv6 {
            var only: CInt = 1
            setsockopt(made.descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &only, socklen_t(MemoryLayout<CInt>.size))
        }
        let result = SocketName(address, port: port).withKernelAddress { bind(made.descriptor, $0, $1) }
        guard result == 0 else {
            throw SystemCallError.last("bind").asNetworkError("port \(port) of \(address) could not be taken")
        }
        return made
    }

    /// Makes a socket that sends to one address and hears from it alone, with a port of the kernel's choice.
    static func connected(to address: IPAddress, port: UInt16) throws(NetworkError) -> DatagramSocket {
        let made = try DatagramSocket(isIPv6: address.isIPv6)
        let result = SocketName(address, port: port).withKernelAddress { connect(made.descriptor, $0, $1) }
        guard result == 0 else {
            throw SystemCallError.last("connect").asNetworkError("\(address) could not be reached")
        }
        return made
    }

    /// The port that it is bound to.
    package var port: UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { return 0 }
        return withUnsafeBytes(of: storage) { SocketName(bytes: Array($0.prefix(Int(length)))).port }
    }

    /// The next datagram and who sent it; nil if there is none.
    func receive() -> (bytes: [UInt8], sender: SocketName)? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var count = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.largest) { buffer, initialized in
            count = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(descriptor, buffer.baseAddress, buffer.count, 0, $0, &length)
                }
            }
            initialized = max(0, count)
        }
        guard count >= 0 else { return nil }
        return (bytes, withUnsafeBytes(of: storage) { SocketName(bytes: Array($0.prefix(Int(length)))) })
    }

    /// Sends a datagram; one that can't be sent is lost, as datagrams may be.
    func send(_ bytes: [UInt8], to target: SocketName? = nil) {
        bytes.withUnsafeBytes { buffer in
            guard let target else {
                _ = Glibc.send(descriptor, buffer.baseAddress, buffer.count, 0)
                return
            }
            _ = target.withKernelAddress { sendto(descriptor, buffer.baseAddress, buffer.count, 0, $0, $1) }
        }
    }
}
