// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import COpenSSL
import Glibc

/// The encryption of one connection, on the socket that it was begun with.
///
/// OpenSSL writes to the socket without `MSG_NOSIGNAL`; the loops' threads block SIGPIPE, so none is ever delivered.
final class TLSSession {
    /// What came of a step of the handshake.
    enum Handshake {
        case done
        /// The socket must be waited for.
        case waiting
        case failed
    }

    /// The library's memory for what is received holds a record of this size at least.
    private static let smallestBuffer = UInt64(SSL3_RT_MAX_PLAIN_LENGTH)

    private let session: OpaquePointer
    private var isBroken = false
    /// Whether nothing that was received is left in the library's own memory.
    private var isDrained = false
    /// Whether the last read has emptied the socket, so that more makes a new event (epoll(7)).
    private(set) var hasEmptiedSocket = false

    init(_ session: OpaquePointer) {
        self.session = session
    }

    deinit {
        SSL_free(session)
    }

    /// Takes the server's part.
    func accept() {
        SSL_set_accept_state(session)
    }

    /// Takes the client's part.
    ///
    /// - Parameters:
    ///   - name: The name that the server must prove and is told, if any.
    ///   - verifies: Whether the name is checked.
    /// - Returns: False if the name can't be used.
    func connect(name: String?, verifies: Bool) -> Bool {
        SSL_set_connect_state(session)
        guard let name else { return true }
        if verifies, SSL_set1_host(session, name) != 1 { return false }
        return copenssl_set_server_name(session, name) == 1
    }

    /// Offers protocols by ALPN, RFC 7301, the best first.
    ///
    /// - Returns: False without memory.
    func offer(_ protocols: UpstreamProtocol) -> Bool {
        let list: StaticString =
            switch protocols.kind {
            case .http1: "\u{8}http/1.1"
            case .http2: "\u{2}h2"
            case .negotiated: "\u{2}h2\u{8}http/1.1"
            }
        return SSL_set_alpn_protos(session, list.utf8Start, CUnsignedInt(list.utf8CodeUnitCount)) == 0
    }

    /// Goes on with the handshake.
    func handshake() -> Handshake {
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        if result == 1 { return .done }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .waiting
        default:
            isBroken = true
            ERR_clear_error()
            return .failed
        }
    }

    /// Whether HTTP/2 was agreed on.
    var speaksHTTP2: Bool {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(session, &name, &length)
        return UnsafeRawBufferPointer(start: name, count: Int(length)).equals("h2")
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transport.Received {
        forgetErrors()
        let socket = SSL_get_rbio(session)
        let before = BIO_number_read(socket)
        let wasDrained = isDrained
        var count = 0
        let result = SSL_read_ex(session, buffer.baseAddress, buffer.count, &count)
        isDrained = SSL_has_pending(session) == 0
        // The library's first read of the socket asked for as much as its memory holds, and got less. It reads the rest of
        // a record that came in part without asking for more, which says nothing: so the call must have begun with none.
        hasEmptiedSocket = wasDrained && isDrained && BIO_number_read(socket) - before < Self.smallestBuffer
        if result == 1 { return .bytes(count) }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .empty
        case SSL_ERROR_ZERO_RETURN: return .end
        default: return broke()
        }
    }

    /// Sends bytes until the socket takes no more: a call of the library sends one record, which says nothing of that.
    func send(_ bytes: UnsafeRawBufferPointer) -> Transport.Sent {
        var sent = 0
        while sent < bytes.count {
            forgetErrors()
            var count = 0
            let rest = bytes.from(sent)
            let result = SSL_write_ex(session, rest.baseAddress, rest.count, &count)
            if result == 1 {
                sent += count
                continue
            }
            switch SSL_get_error(session, result) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return sent > 0 ? .bytes(sent) : .full
            default:
                _ = broke()
                return .failed(EPIPE)
            }
        }
        return .bytes(sent)
    }

    /// Sends two runs of bytes, each in records of its own.
    func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Transport.Sent {
        let sent = send(first)
        guard case .bytes(let count) = sent, count == first.count else { return sent }
        switch send(second) {
        case .bytes(let more): return .bytes(count + more)
        case .full: return .bytes(count)
        case .failed(let number): return .failed(number)
        }
    }

    /// What the library keeps of earlier errors must not be taken for the next call's; mostly there is nothing, and to
    /// clear that takes longer than to look.
    private func forgetErrors() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    private func broke() -> Transport.Received {
        isBroken = true
        ERR_clear_error()
        return .failed(ECONNRESET)
    }

    /// Tells the peer that no more comes.
    func finish() {
        guard !isBroken else { return }
        ERR_clear_error()
        _ = SSL_shutdown(session)
        ERR_clear_error()
    }

    /// Sees to it that the end is not announced: the peer must see that bytes are missing.
    func breakOff() {
        isBroken = true
    }
}
