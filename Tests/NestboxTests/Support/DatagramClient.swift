// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Asks by datagrams at a port of the loopback; an answer that takes too long is an error.
final class DatagramClient: Sendable {
    private let descriptor: CInt

    /// - Parameters:
    ///   - port: The port.
    ///   - patience: After how many seconds an answer is given up.
    /// - Throws: An error that names what failed.
    init(port: UInt16, patience: Int = 2) throws {
        let kind = CInt(bitPattern: SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_INET, kind, 0)
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, connected == 0 else { throw DatagramFailure(number: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Sends something and reads the answer; it blocks.
    func ask(_ question: String) throws -> String {
        guard send(descriptor, question, question.utf8.count, 0) >= 0 else { throw DatagramFailure(number: errno) }
        var answer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &answer, answer.count, 0)
        guard count >= 0 else { throw DatagramFailure(number: errno) }
        return String(decoding: answer.prefix(count), as: UTF8.self)
    }
}

/// A question by datagram that had no answer.
private struct DatagramFailure: Error {
    let number: CInt
}
