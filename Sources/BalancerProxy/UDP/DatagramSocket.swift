// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets
import Glibc

/// The calls on datagram sockets; every socket is non-blocking and closed on exec from its first moment.
enum DatagramSocket {
    /// What came of a read.
    enum Received {
        /// A datagram, of this many bytes; none is a datagram too.
        case datagram(Int)
        /// Nothing is there now.
        case empty
        case failed(CInt)
    }

    /// Creates a socket of a family.
    static func make(family: CInt) throws(SystemCallError) -> OwnedDescriptor {
        let kind = CInt(bitPattern: SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw .last("socket") }
        return OwnedDescriptor(descriptor)
    }

    /// Takes the next datagram of a bound socket, with who sent it.
    static func receive(
        _ descriptor: CInt,
        into buffer: UnsafeMutableRawBufferPointer,
        from origin: inout DatagramOrigin?
    ) -> Received {
        var storage = sockaddr_storage()
        var arrival = csockets_arrival()
        while true {
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let count = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    csockets_receive_datagram(descriptor, buffer.baseAddress, buffer.count, $0, &length, &arrival)
                }
            }
            if count >= 0 {
                origin = StreamAddress(storage).map { DatagramOrigin(client: $0, arrival: arrival) }
                return .datagram(count)
            }
            if errno == EAGAIN { return .empty }
            if errno != EINTR { return .failed(errno) }
        }
    }

    /// Sends a datagram back to where another came from, from the address that it went to.
    ///
    /// - Returns: Whether the kernel took it.
    static func send(_ bytes: UnsafeRawBufferPointer, by descriptor: CInt, to origin: DatagramOrigin) -> Bool {
        var arrival = origin.arrival
        let count = origin.client.withKernelAddress {
            csockets_send_datagram(descriptor, bytes.baseAddress, bytes.count, $0, $1, &arrival)
        }
        return count >= 0
    }

    /// Takes the next datagram of a connected socket.
    static func receive(_ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer) -> Received {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return .datagram(count) }
            if errno == EAGAIN { return .empty }
            if errno != EINTR { return .failed(errno) }
        }
    }
}
