// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization

@testable import BalancerProxy

/// A blocking socket for datagrams, of a client or a server.
///
/// Reads end by themselves after 20 seconds, so that a failing test ends too.
final class DatagramPeer: Sendable {
    private let descriptor: CInt
    private let open = Atomic<Bool>(true)

    private init(family: CInt) throws {
        let kind = CInt(bitPattern: SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw SystemCallError.last("socket") }
        wait(seconds: 20)
    }

    deinit {
        close()
    }

    /// Whether it still has its port.
    var isOpen: Bool { open.load(ordering: .acquiring) }

    private func close() {
        guard isOpen else { return }
        _ = Glibc.close(descriptor)
        open.store(false, ordering: .releasing)
    }

    /// A client, which takes datagrams from the address alone that it sends to.
    convenience init(to address: StreamAddress) throws {
        try self.init(family: address.family)
        guard address.withKernelAddress({ connect(descriptor, $0, $1) }) == 0 else {
            throw SystemCallError.last("connect")
        }
    }

    /// A server.
    convenience init(at address: StreamAddress) throws {
        try self.init(family: address.family)
        guard address.withKernelAddress({ bind(descriptor, $0, $1) }) == 0 else { throw SystemCallError.last("bind") }
    }

    /// The address that it has.
    var address: StreamAddress {
        get throws {
            guard let address = try StreamSocket.localAddress(descriptor) else {
                throw SystemCallError(call: "getsockname", number: EAFNOSUPPORT)
            }
            return address
        }
    }

    /// How long a read waits; zero for ever.
    func wait(seconds: Int, microseconds: Int = 0) {
        var limit = timeval(tv_sec: seconds, tv_usec: microseconds)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func send(_ bytes: [UInt8]) throws {
        let sent = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
        guard sent == bytes.count else { throw SystemCallError.last("send") }
    }

    /// The next datagram.
    func receive() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw SystemCallError.last("recv") }
        return Array(bytes.prefix(count))
    }

    /// Sends something and reads the answer.
    func ask(_ bytes: [UInt8]) throws -> [UInt8] {
        try send(bytes)
        return try receive()
    }

    /// Sends something and reads the answer, off Swift's pool.
    func ask(_ text: String) async throws -> String {
        try await Thread.run { String(decoding: try self.ask(Array(text.utf8)), as: UTF8.self) }
    }

    /// Answers each datagram until `answer` gives nil, and closes its port then; ends also when nothing came for long.
    func serve(_ answer: @escaping @Sendable ([UInt8]) -> [UInt8]?) {
        Thread.start { [self] in
            defer { close() }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            var peer = sockaddr_storage()
            while true {
                var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                let received = withUnsafeMutablePointer(to: &peer) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        recvfrom(descriptor, &bytes, bytes.count, 0, $0, &length)
                    }
                }
                guard received >= 0, let answer = answer(Array(bytes.prefix(received))) else { return }
                _ = withUnsafePointer(to: &peer) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        sendto(descriptor, answer, answer.count, 0, $0, length)
                    }
                }
            }
        }
    }
}
