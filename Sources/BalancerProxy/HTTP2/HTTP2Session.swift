// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CNghttp2

/// The library's half of an HTTP/2 connection, client's or endpoint's: bytes go in, frames come out.
///
/// A class, so that what the library calls back may look at it while it is at work.
final class HTTP2Session {
    /// So many bytes of frames are made at a time.
    private static let outputLimit = 65_536
    /// For so many bytes of frames there is room from the first on.
    private static let outputStart = 8192

    /// The library's own; nil until it is begun.
    private(set) var handle: OpaquePointer?
    private var output = ByteQueue()
    /// What the connection's socket is ready for.
    var readiness = Readiness()
    /// How many calls of the library are going on: frames are made when they are over.
    private var depth = 0
    /// The peer takes no more bytes.
    private(set) var sendFailed = false

    deinit {
        nghttp2_session_del(handle)
    }

    /// Whether the library is at work.
    var isBusy: Bool { depth > 0 }
    /// Whether all frames that were made have been sent.
    var isFlushed: Bool { output.isEmpty }
    /// Whether so much waits to be sent that no more should be asked for.
    var isFull: Bool { output.count >= Self.outputLimit }
    /// Whether the library neither wants to read nor has anything to send.
    var isOver: Bool {
        nghttp2_session_want_read(handle) == 0 && nghttp2_session_want_write(handle) == 0 && output.isEmpty
    }

    /// Begins with what the peer is told first.
    ///
    /// - Parameters:
    ///   - handle: The library's session, which is deleted with this one; nil if there was no memory for it.
    ///   - settings: The settings and their values.
    /// - Returns: False without a session.
    func begin(_ handle: OpaquePointer?, settings: [(nghttp2_settings_id, Int)]) -> Bool {
        guard let handle else { return false }
        self.handle = handle
        let entries = settings.map { nghttp2_settings_entry(settings_id: Int32($0.0.rawValue), value: UInt32($0.1)) }
        nghttp2_submit_settings(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count)
        return true
    }

    /// Hands bytes to the library.
    ///
    /// - Returns: How many were taken, or the library's error, which is negative.
    func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        depth += 1
        defer { depth -= 1 }
        return nghttp2_session_mem_recv(handle, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    }

    /// Has the library make frames and sends them, until there are no more or the peer takes none.
    ///
    /// - Returns: False if it was found now that the peer never takes any again.
    func send(over transport: Transport) -> Bool {
        depth += 1
        defer { depth -= 1 }
        guard !sendFailed else { return true }
        var isDry = false
        while !isDry, !sendFailed {
            isDry = fill()
            flush(over: transport)
            if !output.isEmpty { break }
        }
        return !sendFailed
    }

    /// Tells the peer why the connection ends, as far as it takes that.
    func terminate(_ code: nghttp2_error_code, over transport: Transport) {
        nghttp2_session_terminate_session(handle, code.rawValue)
        depth += 1
        defer { depth -= 1 }
        _ = fill()
        flush(over: transport)
    }

    /// - Returns: Whether the library has no more frames to send.
    private func fill() -> Bool {
        var frames = output.take()
        defer { output = frames.take() }
        while frames.count < Self.outputLimit {
            var frame: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(handle, &frame)
            guard count > 0 else { return true }
            if frames.isEmpty { frames.reserve(Self.outputStart) }
            frames.append(UnsafeRawBufferPointer(start: frame, count: count))
        }
        return false
    }

    private func flush(over transport: Transport) {
        while !output.isEmpty, readiness.isWritable {
            let count = output.count
            switch transport.send(output.bytes) {
            case .bytes(let sent):
                output.removeFirst(sent)
                if sent < count { readiness.isWritable = false }
            case .full: readiness.isWritable = false
            case .failed:
                sendFailed = true
                output.clear()
            }
        }
    }
}
