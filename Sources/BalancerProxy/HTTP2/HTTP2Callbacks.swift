// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CNghttp2

/// What the library calls as it goes through a client's frames.
enum HTTP2Callbacks {
    private static let proceed: CInt = 0

    /// Makes a server's session; nil without memory.
    static func makeSession(for user: UnsafeMutableRawPointer) -> OpaquePointer? {
        var callbacks: OpaquePointer?
        var options: OpaquePointer?
        guard nghttp2_session_callbacks_new(&callbacks) == 0, nghttp2_option_new(&options) == 0 else {
            nghttp2_session_callbacks_del(callbacks)
            return nil
        }
        defer {
            nghttp2_session_callbacks_del(callbacks)
            nghttp2_option_del(options)
        }
        // Windows open as endpoints take what clients send, not by themselves.
        nghttp2_option_set_no_auto_window_update(options, 1)
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
            HTTP2Callbacks.beginHeaders(frame, user)
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) { _, _, name, size, value, length, _, user in
            HTTP2Callbacks.header(
                UnsafeRawBufferPointer(start: name, count: size),
                UnsafeRawBufferPointer(start: value, count: length),
                user
            )
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
            HTTP2Callbacks.received(frame, user)
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, data, length, user in
            HTTP2Callbacks.data(stream, UnsafeRawBufferPointer(start: data, count: length), user)
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, _, user in
            HTTP2Callbacks.closed(stream, user)
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, user in
            HTTP2Callbacks.sent(frame, user)
        }
        var session: OpaquePointer?
        guard nghttp2_session_server_new2(&session, callbacks, user, options) == 0 else { return nil }
        return session
    }

    private static func beginHeaders(_ frame: UnsafePointer<nghttp2_frame>?, _ user: UnsafeMutableRawPointer?) -> CInt {
        guard let frame = frame?.pointee, let connection = HTTP2Client.of(user) else { return proceed }
        let id = frame.hd.stream_id
        if frame.hd.type == UInt8(NGHTTP2_HEADERS.rawValue), frame.headers.cat == NGHTTP2_HCAT_REQUEST {
            connection.streams[id] = HTTP2Stream(id, connection: connection)
            connection.isHeadWanted = true
        } else {
            connection.isHeadWanted = connection.streams[id] != nil
        }
        connection.head.begin()
        return proceed
    }

    private static func header(
        _ name: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer,
        _ user: UnsafeMutableRawPointer?
    ) -> CInt {
        guard let connection = HTTP2Client.of(user), connection.isHeadWanted else { return proceed }
        // What is over the limit is counted and not kept; the answer is given when the head ends.
        if connection.head.add(name: name, value: value, within: connection.worker.settings.limits) { return proceed }
        return connection.mayControl() ? proceed : CInt(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    }

    private static func received(_ frame: UnsafePointer<nghttp2_frame>?, _ user: UnsafeMutableRawPointer?) -> CInt {
        guard let frame = frame?.pointee, let connection = HTTP2Client.of(user) else { return proceed }
        let endsStream = UInt32(frame.hd.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
        let stream = connection.streams[frame.hd.stream_id]
        switch nghttp2_frame_type(UInt32(frame.hd.type)) {
        case NGHTTP2_HEADERS:
            stream?.receiveHeaders(endsStream: endsStream)
        case NGHTTP2_DATA:
            if frame.hd.length == 0, !endsStream, !connection.mayControl() { return flooded(connection) }
            if endsStream { stream?.receiveEndOfRequest() }
        case NGHTTP2_RST_STREAM:
            if !connection.mayReset() { return flooded(connection) }
        case NGHTTP2_SETTINGS, NGHTTP2_PING, NGHTTP2_PRIORITY:
            if !connection.mayControl() { return flooded(connection) }
        default: break
        }
        return proceed
    }

    /// Cuts a client off that makes work for nothing.
    private static func flooded(_ connection: HTTP2Client) -> CInt {
        connection.fail(NGHTTP2_ENHANCE_YOUR_CALM)
        return proceed
    }

    private static func data(_ id: Int32, _ bytes: UnsafeRawBufferPointer, _ user: UnsafeMutableRawPointer?) -> CInt {
        guard let connection = HTTP2Client.of(user) else { return proceed }
        // The connection's window is for all streams; only the stream's own waits for its endpoint.
        nghttp2_session_consume_connection(connection.session, bytes.count)
        connection.streams[id]?.receiveData(bytes)
        return proceed
    }

    private static func closed(_ id: Int32, _ user: UnsafeMutableRawPointer?) -> CInt {
        guard let connection = HTTP2Client.of(user), let stream = connection.streams.remove(id) else {
            return proceed
        }
        stream.abandon()
        return proceed
    }

    /// A client whose answer is complete need not send the rest of its request, RFC 9113 section 8.1.
    private static func sent(_ frame: UnsafePointer<nghttp2_frame>?, _ user: UnsafeMutableRawPointer?) -> CInt {
        guard let frame = frame?.pointee, let connection = HTTP2Client.of(user),
            UInt32(frame.hd.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0,
            let stream = connection.streams[frame.hd.stream_id], !stream.isRequestComplete
        else { return proceed }
        let type = nghttp2_frame_type(UInt32(frame.hd.type))
        guard type == NGHTTP2_DATA || type == NGHTTP2_HEADERS else { return proceed }
        nghttp2_submit_rst_stream(
            connection.session,
            UInt8(NGHTTP2_FLAG_NONE.rawValue),
            stream.id,
            NGHTTP2_NO_ERROR.rawValue
        )
        return proceed
    }
}
