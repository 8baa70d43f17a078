// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage

/// Sockets on the loopback address.
enum Loopback {
    struct NoServer: Error {}

    /// A socket that listens on this port, or on any that is free.
    static func listen(on port: UInt16 = 0) throws -> (socket: Int32, port: UInt16) {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        var address = loopback(port: port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> Int32 in
                guard bind(number, pointer, length) == 0, Glibc.listen(number, 64) == 0 else { return -1 }
                return getsockname(number, pointer, &length)
            }
        }
        guard result == 0 else {
            close(number)
            throw Errno(rawValue: errno)
        }
        return (number, UInt16(bigEndian: address.sin_port))
    }

    /// A port that nobody listens on now, and that the kernel gives to no other test meanwhile.
    static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            guard let (number, port) = try? listen(on: .random(in: 20_000..<32_000)) else { continue }
            close(number)
            return port
        }
        throw NoServer()
    }

    /// Waits until someone listens on the port.
    static func waitForServer(_ port: UInt16) async throws {
        for _ in 0..<500 {
            let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            defer { close(number) }
            var address = loopback(port: port)
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    connect(number, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if result == 0 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NoServer()
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        return address
    }
}
