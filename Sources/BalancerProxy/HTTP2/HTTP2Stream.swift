// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CNghttp2

/// One request of an HTTP/2 client, with its answer.
final class HTTP2Stream {
    /// So many bytes of an answer that wait make the endpoint wait.
    private static let highWater = 65_536

    unowned let connection: HTTP2Client
    let id: Int32
    /// Whether the head is complete, so that further fields are trailers.
    var hasHead = false
    var exchange: Exchange?
    /// Bytes of the body that were taken in and not yet let the client send more.
    var unconsumed = 0
    var bodyBytes: UInt64 = 0
    var isRequestComplete = false
    private(set) var answerBegan = false
    private(set) var answerEnded = false
    private var body = ByteQueue()
    private var trailers: HTTP2Trailers?
    private var isDeferred = false
    private var wasBlocked = false

    init(_ id: Int32, connection: HTTP2Client) {
        self.id = id
        self.connection = connection
    }

    // MARK: What the library asks for

    /// Gives the next bytes of the answer's body.
    ///
    /// - Returns: How many, or an error code of the library.
    func read(into buffer: UnsafeMutableRawBufferPointer, flags: UnsafeMutablePointer<UInt32>) -> Int {
        let bytes = body.bytes
        let count = min(bytes.count, buffer.count)
        if count > 0 {
            buffer.copyMemory(from: bytes.part(0..<count))
            body.removeFirst(count)
        }
        if body.isEmpty, answerEnded {
            flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            if trailers != nil {
                flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
                submitTrailers()
            }
            return count
        }
        guard count > 0 else {
            isDeferred = true
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        return count
    }

    private func submitTrailers() {
        let fields = beginFields()
        trailers?.add(to: fields)
        _ = fields.withHeaders { nghttp2_submit_trailer(connection.session, id, $0.baseAddress, $0.count) }
        trailers = nil
    }

    /// Lets the endpoint go on if it waited for this client and there is room again.
    func resumeIfRoom() {
        guard wasBlocked, !isBlocked else {
            if wasBlocked { connection.mayHaveBlocked = true }
            return
        }
        wasBlocked = false
        exchange?.clientHasRoom()
    }

    /// The client's side of the stream is over, or the whole connection.
    func abandon() {
        let exchange = exchange
        self.exchange = nil
        exchange?.abandon()
    }

    /// Answers instead of an endpoint.
    func refuse(_ status: Int) {
        exchange?.abandon(.rejected, status: status)
        if exchange == nil { connection.countRejected(status) }
        exchange = nil
        answer(status)
    }

    private func answer(_ status: Int) {
        guard !answerBegan else { return reset(NGHTTP2_INTERNAL_ERROR) }
        answerBegan = true
        answerEnded = true
        let fields = beginFields(status: status)
        fields.add("content-type", "text/plain")
        body.append(number: UInt64(status))
        body.append(byte: ASCII.space)
        body.append(StatusText.of(status))
        body.append("\n")
        submit(fields, hasBody: true)
    }

    private func beginFields(status: Int? = nil) -> HTTP2Fields {
        let fields = connection.worker.outgoing
        fields.removeAll()
        if let status { fields.add(":status", number: UInt64(status)) }
        return fields
    }

    private func submit(_ fields: HTTP2Fields, hasBody: Bool) {
        _ = fields.withHeaders { headers in
            guard hasBody else {
                return nghttp2_submit_response(connection.session, id, headers.baseAddress, headers.count, nil)
            }
            var provider = nghttp2_data_provider(source: nghttp2_data_source(ptr: nil), read_callback: readAnswer)
            return nghttp2_submit_response(connection.session, id, headers.baseAddress, headers.count, &provider)
        }
    }

    private func reset(_ code: nghttp2_error_code) {
        nghttp2_submit_rst_stream(connection.session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, code.rawValue)
    }

    private func resume() {
        guard isDeferred else { return }
        isDeferred = false
        nghttp2_session_resume_data(connection.session, id)
    }
}

extension HTTP2Stream: ExchangeClient {
    var isBlocked: Bool {
        let isFull = body.count >= Self.highWater
        if isFull {
            wasBlocked = true
            connection.mayHaveBlocked = true
        }
        return isFull
    }

    func receiveInformational(_ head: ResponseHead, _ message: MessageView) {
        let fields = beginFields(status: head.status)
        fields.add(message)
        _ = fields.withHeaders {
            nghttp2_submit_headers(
                connection.session,
                UInt8(NGHTTP2_FLAG_NONE.rawValue),
                id,
                nil,
                $0.baseAddress,
                $0.count,
                nil
            )
        }
    }

    func receiveHead(_ head: ResponseHead, _ message: MessageView, cookie: String?) {
        answerBegan = true
        let fields = beginFields(status: head.status)
        fields.add(message)
        if head.status != 204, let length = head.length { fields.add("content-length", number: length) }
        if let via = connection.worker.settings.forwarding.via {
            fields.add("via", head.traits.contains(.secondVersion) ? "2 " : "1.1 ", text: via)
        }
        if let cookie { fields.add("set-cookie", text: cookie) }
        submit(fields, hasBody: head.framing != .none)
    }

    func receiveBody(_ bytes: UnsafeRawBufferPointer) {
        body.append(bytes)
        resume()
    }

    func flushAnswer() {
        connection.pushSoon()
    }

    func receiveEnd(trailers: MessageView?) {
        exchange = nil
        answerEnded = true
        if let trailers {
            let kept = HTTP2Trailers(trailers)
            if !kept.isEmpty { self.trailers = consume kept }
        }
        resume()
        connection.pushSoon()
    }

    func receiveAbort() {
        exchange = nil
        reset(NGHTTP2_INTERNAL_ERROR)
        connection.pushSoon()
    }

    func receiveFailure(_ status: Int) {
        exchange = nil
        answer(status)
        connection.pushSoon()
    }

    func requestHasRoom() {
        connection.consume(self)
        connection.pushSoon()
    }

    func switchProtocols(
        _ head: ResponseHead,
        _ message: MessageView,
        to upstream: Transport,
        early: UnsafeRawBufferPointer,
        ended: @escaping () -> Void
    ) {
        // No request of HTTP/2 asks for it, so no endpoint is believed that does it.
        upstream.close()
        ended()
        receiveAbort()
    }
}

/// Hands the library the next bytes of a stream's answer.
private func readAnswer(
    _: OpaquePointer?,
    _ stream: Int32,
    _ buffer: UnsafeMutablePointer<UInt8>?,
    _ length: Int,
    _ flags: UnsafeMutablePointer<UInt32>?,
    _: UnsafeMutablePointer<nghttp2_data_source>?,
    _ user: UnsafeMutableRawPointer?
) -> Int {
    guard let flags, let connection = HTTP2Client.of(user), let stream = connection.streams[stream] else {
        return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    }
    return stream.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: length), flags: flags)
}
