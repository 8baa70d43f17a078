// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import CSockets
import Glibc

/// A rtnetlink socket; it speaks about the network namespace in which its thread was when it was made.
final class NetlinkSocket {
    /// The size of one answer: the kernel fills at most 32 KiB of a dump at once.
    private static let answerSize = 65_536

    private let descriptor: CInt
    private var sequence: UInt32 = 0

    init() throws(NetworkError) {
        descriptor = socket(AF_NETLINK, CInt(bitPattern: SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw SystemCallError.last("socket").asNetworkError("the kernel can't be asked about its network")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Sends a request and waits until the kernel has done it.
    ///
    /// - Throws: ``SystemCallError`` with the operation's name and the kernel's answer, or ``NetworkError``.
    func perform(_ request: NetlinkRequest) throws {
        _ = try exchange(request, flags: [.request, .acknowledge])
    }

    /// Sends a request that is answered by one or a few messages.
    func ask(_ request: NetlinkRequest) throws -> [NetlinkMessage] {
        try exchange(request, flags: [.request, .acknowledge])
    }

    /// Sends a request that is answered by a list.
    func list(_ request: NetlinkRequest) throws -> [NetlinkMessage] {
        // A table that changed while it was read is read again, a few times.
        for _ in 0..<8 {
            let answers = try exchange(request, flags: [.request, .dump])
            if !answers.contains(where: { $0.flags.contains(.interrupted) }) { return answers }
        }
        throw NetworkError(.systemFailure, "the network changes too fast to be listed", cause: request.name)
    }

    private func exchange(_ request: NetlinkRequest, flags: NetlinkFlags) throws -> [NetlinkMessage] {
        sequence += 1
        try transmit(request.message(flags: flags, sequence: sequence))
        var answers: [NetlinkMessage] = []
        while true {
            for message in try NetlinkMessage.parse(receive()) where message.sequence == sequence {
                if let number = message.errorNumber {
                    guard number == 0 else { throw SystemCallError(call: request.name, number: number) }
                    return answers
                }
                if message.type == NetlinkMessage.doneType { return answers }
                answers.append(message)
            }
        }
    }

    private func transmit(_ message: [UInt8]) throws(SystemCallError) {
        let sent = message.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
        guard sent == message.count else { throw .last("send") }
    }

    private func receive() throws(SystemCallError) -> [UInt8] {
        var count = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.answerSize) { buffer, initialized in
            repeat {
                count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            } while count < 0 && errno == EINTR
            initialized = max(0, count)
        }
        guard count >= 0 else { throw .last("recv") }
        return bytes
    }
}
