// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// The address of a socket as the kernel takes it.
package struct SocketName: Hashable {
    let bytes: [UInt8]

    init(_ address: IPAddress, port: UInt16) {
        if address.isIPv6 {
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &name.sin6_addr) { $0.copyBytes(from: address.bytes) }
            bytes = withUnsafeBytes(of: name) { Array($0) }
        } else {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &name.sin_addr) { $0.copyBytes(from: address.bytes) }
            bytes = withUnsafeBytes(of: name) { Array($0) }
        }
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The port, which both families have in the same place.
    var port: UInt16 { bytes.count < 4 ? 0 : UInt16(bytes[2]) << 8 | UInt16(bytes[3]) }

    /// Begins to connect a socket that does not block.
    ///
    /// - Returns: Whether it is connected or on its way.
    package static func connect(_ descriptor: CInt, to address: IPAddress, port: UInt16) -> Bool {
        let result = SocketName(address, port: port).withKernelAddress { Glibc.connect(descriptor, $0, $1) }
        return result == 0 || errno == EINPROGRESS
    }

    /// Calls `body` with what the kernel's calls take.
    func withKernelAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: sockaddr_storage.self, capacity: 1) { storage in
            let raw = UnsafeMutableRawBufferPointer(storage)
            raw.copyBytes(from: bytes.prefix(raw.count))
            let count = socklen_t(min(bytes.count, raw.count))
            return raw.withMemoryRebound(to: sockaddr.self) { names in
                // The storage is never empty.
                body(UnsafePointer(names.baseAddress.unsafelyUnwrapped), count)
            }
        }
    }
}
