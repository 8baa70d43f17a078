// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CNghttp2

/// What the library calls as it goes through an endpoint's frames.
enum HTTP2UpstreamCallbacks {
    private static let proceed: CInt = 0

    /// Makes a client's session; nil without memory.
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
        // Windows open as clients take what endpoints send, not by themselves.
        nghttp2_option_set_no_auto_window_update(options, 1)
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
            guard let id = frame?.pointee.hd.stream_id, let connection = HTTP2Upstream.of(user) else {
                return HTTP2UpstreamCallbacks.proceed
            }
            connection.isHeadWanted = connection.streams[id] != nil
            connection.head.begin()
            return HTTP2UpstreamCallbacks.proceed
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) { _, _, name, size, value, length, _, user in
            guard let connection = HTTP2Upstream.of(user), connection.isHeadWanted else {
                return HTTP2UpstreamCallbacks.proceed
            }
            connection.head.add(
                name: UnsafeRawBufferPointer(start: name, count: size),
                value: UnsafeRawBufferPointer(start: value, count: length),
                within: connection.worker.settings.limits
            )
            return HTTP2UpstreamCallbacks.proceed
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
            HTTP2UpstreamCallbacks.received(frame, user)
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, data, length, user in
            HTTP2UpstreamCallbacks.data(id, UnsafeRawBufferPointer(start: data, count: length), user)
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, code, user in
            HTTP2Upstream.of(user)?.streams[id]?.closed(nghttp2_error_code(rawValue: code))
            return HTTP2UpstreamCallbacks.proceed
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, user in
            guard let frame = frame?.pointee, frame.hd.type == UInt8(NGHTTP2_HEADERS.rawValue) else {
                return HTTP2UpstreamCallbacks.proceed
            }
            HTTP2Upstream.of(user)?.streams[frame.hd.stream_id]?.noteHeadSent()
            return HTTP2UpstreamCallbacks.proceed
        }
        var session: OpaquePointer?
        guard nghttp2_session_client_new2(&session, callbacks, user, options) == 0 else { return nil }
        return session
    }

    private static func received(_ frame: UnsafePointer<nghttp2_frame>?, _ user: UnsafeMutableRawPointer?) -> CInt {
        guard let frame = frame?.pointee, let connection = HTTP2Upstream.of(user) else { return proceed }
        let endsStream = UInt32(frame.hd.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
        let stream = connection.streams[frame.hd.stream_id]
        switch nghttp2_frame_type(UInt32(frame.hd.type)) {
        case NGHTTP2_HEADERS: stream?.receiveHead(endsStream: endsStream)
        case NGHTTP2_DATA: if endsStream { stream?.receiveEnd() }
        case NGHTTP2_GOAWAY: connection.receiveGoAway()
        default: break
        }
        return proceed
    }

    private static func data(_ id: Int32, _ bytes: UnsafeRawBufferPointer, _ user: UnsafeMutableRawPointer?) -> CInt {
        guard let connection = HTTP2Upstream.of(user) else { return proceed }
        // The connection's window is for all streams; only the stream's own waits for its client.
        nghttp2_session_consume_connection(connection.session, bytes.count)
        connection.streams[id]?.receiveData(bytes)
        return proceed
    }
}
