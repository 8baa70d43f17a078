// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

@testable import ContainerNetwork

/// A listening socket on 127.0.0.1 of the namespace in which it was made.
final class LoopbackServer: Sendable {
    let descriptor: CInt
    let port: UInt16

    init() throws {
        let descriptor = socket(AF_INET, CInt(bitPattern: SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var address = Self.address(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard bound else { throw SystemCallError.last("bind") }
    }

    deinit {
        close(descriptor)
    }

    /// Accepts a client, sends it a byte, and says whether that arrived.
    func acceptedAndAnswered(_ client: CInt) throws -> Bool {
        let accepted = accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw SystemCallError.last("accept") }
        defer { close(accepted) }
        var byte: UInt8 = 42
        guard send(accepted, &byte, 1, CInt(MSG_NOSIGNAL)) == 1 else { throw SystemCallError.last("send") }
        var received: UInt8 = 0
        var waiting = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 10_000) == 1 && recv(client, &received, 1, 0) == 1 && received == 42
    }

    /// Connects and waits until that is decided.
    ///
    /// - Returns: The error number, 0 for success.
    static func connect(_ descriptor: CInt, port: UInt16) -> CInt {
        var address = address(port: port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
        }
        guard result != 0 else { return 0 }
        guard errno == EINPROGRESS else { return errno }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, 10_000) == 1 else { return ETIMEDOUT }
        var number: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
        return number
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
