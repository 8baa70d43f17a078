// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

@testable import BalancerProxy

/// A blocking client's stream socket.
///
/// Reads and writes end by themselves after 20 seconds, so that a failing test ends too.
final class TestSocket: Sendable {
    let descriptor: CInt

    init(adopting descriptor: CInt) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }

    /// Connects to an address.
    convenience init(to address: StreamAddress) throws {
        let kind = CInt(bitPattern: SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw SystemCallError.last("socket") }
        guard address.withKernelAddress({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
            defer { close(descriptor) }
            throw SystemCallError.last("connect")
        }
        self.init(adopting: descriptor)
    }

    /// Connects to an address without holding a thread of Swift's pool meanwhile.
    static func connect(to address: StreamAddress) async throws -> TestSocket {
        try await Thread.run { try TestSocket(to: address) }
    }

    /// Writes something and reads as many bytes as the answer is long, off Swift's pool.
    func exchange(_ text: String, answer count: Int) async throws -> String {
        try await Thread.run {
            try self.write(text)
            return String(decoding: try self.read(exactly: count), as: UTF8.self)
        }
    }

    /// Reads to the end, off Swift's pool.
    func remainder() async throws -> [UInt8] {
        try await Thread.run { try self.readToEnd() }
    }

    deinit {
        close(descriptor)
    }

    /// Writes all bytes.
    func write(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let sent = bytes[done...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard sent > 0 else { throw SystemCallError.last("send") }
            done += sent
        }
    }

    func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    /// Reads what is there, at most `count` bytes; empty at the end.
    func read(atMost count: Int = 65_536) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &bytes, count, 0)
        guard received >= 0 else { throw SystemCallError.last("recv") }
        return Array(bytes.prefix(received))
    }

    /// Reads exactly so many bytes, or fewer at the end.
    func read(exactly count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try read(atMost: count - bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// Reads to the end.
    func readToEnd() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = try read()
            if more.isEmpty { return bytes }
            bytes += more
        }
    }

    /// Ends the stream, but goes on receiving.
    func finishWriting() {
        shutdown(descriptor, CInt(SHUT_WR))
    }

    /// Makes the coming close a reset.
    func resetOnClose() {
        StreamSocket.resetOnClose(descriptor)
    }

    /// Bounds the kernel's receive buffer.
    func limitReceiveBuffer(to size: CInt) {
        var size = size
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
    }
}
