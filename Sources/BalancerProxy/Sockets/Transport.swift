// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// A connection's stream: its socket, and the encryption on it if there is one.
///
/// It does not own the descriptor; whoever ends the connection calls ``close()`` once.
struct Transport {
    /// What came of a read.
    enum Received {
        case bytes(Int)
        /// Nothing is there now.
        case empty
        /// The peer sends no more.
        case end
        case failed(CInt)
    }

    /// What came of a write.
    enum Sent {
        case bytes(Int)
        /// Nothing is taken now.
        case full
        case failed(CInt)
    }

    let descriptor: CInt
    let tls: TLSSession?

    init(descriptor: CInt, tls: TLSSession? = nil) {
        self.descriptor = descriptor
        self.tls = tls
    }

    /// Whether a read that gave less than asked for has emptied the socket, so that more makes a new event (epoll(7)).
    ///
    /// With encryption a record is given at a time, and the next may have been received already.
    var shortReadIsLast: Bool { tls?.hasEmptiedSocket ?? true }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        if let tls { return tls.receive(into: buffer) }
        return receive(into: buffer, options: 0)
    }

    /// Looks at what the socket has received, without taking it.
    func peek(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        receive(into: buffer, options: CInt(MSG_PEEK))
    }

    /// Takes bytes that were looked at, and forgets them.
    func skip(_ count: Int, through buffer: UnsafeMutableRawBufferPointer) {
        _ = receive(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(count, buffer.count)]), options: 0)
    }

    private func receive(into buffer: UnsafeMutableRawBufferPointer, options: CInt) -> Received {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, options)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno == EAGAIN { return .empty }
            if errno != EINTR { return .failed(errno) }
        }
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Sent {
        if let tls { return tls.send(bytes) }
        while true {
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            if errno == EAGAIN { return .full }
            if errno != EINTR { return .failed(errno) }
        }
    }

    /// Sends two runs of bytes as one.
    func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Sent {
        if let tls { return tls.send(first, second) }
        return withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { parts in
            parts[0] = iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count)
            parts[1] = iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
            var message = msghdr()
            message.msg_iov = parts.baseAddress
            message.msg_iovlen = 2
            while true {
                let count = sendmsg(descriptor, &message, CInt(MSG_NOSIGNAL))
                if count >= 0 { return .bytes(count) }
                if errno == EAGAIN { return .full }
                if errno != EINTR { return .failed(errno) }
            }
        }
    }

    /// Sends no more.
    func finishSending() {
        tls?.finish()
        shutdown(descriptor, CInt(SHUT_WR))
    }

    /// Makes the coming close tell the peer that the stream broke off.
    func breakOff() {
        tls?.breakOff()
        StreamSocket.resetOnClose(descriptor)
    }

    func close() {
        tls?.finish()
        _ = Glibc.close(descriptor)
    }
}
