// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Glibc

/// A TCP connection to a port of this machine's 127.0.0.1 that never holds up a thread.
final class LoopbackConnection: Sendable {
    private let descriptor: CInt

    private init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Connects.
    ///
    /// - Returns: `nil` if nobody listens, or the time is over.
    static func open(port: UInt16, until deadline: ContinuousClock.Instant) async throws -> LoopbackConnection? {
        let kind = CInt(bitPattern: SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { return nil }
        let connection = LoopbackConnection(descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return connection }
        guard errno == EINPROGRESS, try await connection.wait(for: POLLOUT, until: deadline) else { return nil }
        var failure: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) == 0, failure == 0 else { return nil }
        return connection
    }

    deinit {
        close(descriptor)
    }

    /// Sends a short text.
    ///
    /// - Returns: Whether all of it was taken.
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count
    }

    /// Receives what there is next.
    ///
    /// - Returns: The bytes; none at the end, after a failure, or if the time is over.
    func receive(until deadline: ContinuousClock.Instant) async throws -> [UInt8] {
        guard try await wait(for: POLLIN, until: deadline) else { return [] }
        return [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }

    private func wait(for events: CInt, until deadline: ContinuousClock.Instant) async throws -> Bool {
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            if poll(&waiting, 1, 0) == 1 { return true }
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
