// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

extension StreamAddress {
    /// The address family, such as `AF_INET`.
    var family: CInt {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Calls `body` with the address as the kernel takes it.
    func withKernelAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        switch self {
        case .ipv4(let bytes, let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = unsafeBitCast(bytes, to: UInt32.self)
            return Self.pass(&address, body)
        case .ipv6(let bytes, let port, let scope):
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = unsafeBitCast(bytes, to: in6_addr.self)
            address.sin6_scope_id = scope
            return Self.pass(&address, body)
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = path.utf8.prefix(UnixPath.capacity - 1)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            return Self.pass(&address, body)
        }
    }

    /// Reads what the kernel says of a socket; nil for a family that is not a stream address.
    init?(_ storage: sockaddr_storage) {
        let kernel = KernelAddress(storage: storage)
        switch CInt(storage.ss_family) {
        case AF_INET:
            let address = kernel.read(as: sockaddr_in.self)
            self = .ipv4(
                unsafeBitCast(address.sin_addr.s_addr, to: SIMD4<UInt8>.self),
                port: UInt16(bigEndian: address.sin_port)
            )
        case AF_INET6:
            let address = kernel.read(as: sockaddr_in6.self)
            self = .ipv6(
                unsafeBitCast(address.sin6_addr, to: SIMD16<UInt8>.self),
                port: UInt16(bigEndian: address.sin6_port),
                scope: address.sin6_scope_id
            )
        case AF_UNIX:
            let path = kernel.read(as: sockaddr_un.self).sun_path
            self = .unix(path: withUnsafeBytes(of: path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        default:
            return nil
        }
    }

    private static func pass<Address, Result>(
        _ address: inout Address,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}

/// A socket address of any family, as the kernel fills it in.
private struct KernelAddress {
    let storage: sockaddr_storage

    func read<Address>(as type: Address.Type) -> Address {
        withUnsafeBytes(of: storage) { $0.loadUnaligned(as: type) }
    }
}
