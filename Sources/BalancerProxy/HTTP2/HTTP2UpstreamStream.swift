// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CNghttp2

/// One request on a connection to an endpoint that speaks HTTP/2, with its answer.
///
/// The request is kept as HTTP/1 would send it, so that it can be sent again whatever the next endpoint speaks; its head
/// and body are taken from that.
final class HTTP2UpstreamStream: EventSource {
    private enum End {
        case answered
        case failed(AttemptFailure)
    }

    let connection: HTTP2Upstream
    private(set) var exchange: Exchange?
    /// The stream's number, once the library has given it one.
    private(set) var id: Int32?
    private let timer: SourceID
    private var deadline = LazyDeadline()
    private var request = BodyReader(.none)
    private var isRequestSent = false
    private var isHeadSent = false
    /// The library waits for more of the request.
    private var isDeferred = false
    private var hasHead = false
    private var expectsBody = false
    private var trailers: HTTP2AnswerHead?
    private var end: End?
    private var isTouched = false
    private var submitted: UInt64 = 0
    /// Bytes of the answer that were taken in and not yet let the endpoint send more.
    private var unconsumed = 0

    init(on connection: HTTP2Upstream) {
        self.connection = connection
        timer = connection.loop.reserve()
    }

    private var worker: HTTPWorker { connection.worker }
    private var loop: EventLoop { connection.loop }

    // MARK: The request

    /// Has the library send the request's head, and its body as it comes.
    ///
    /// - Returns: The stream's number; nil if the connection has no stream left, or the head can't be sent.
    func submit(at now: UInt64) -> Int32? {
        guard let exchange else { return nil }
        let bytes = exchange.request.unsent
        var scanner = HeadScanner()
        guard let length = try? scanner.findEnd(in: bytes, limit: bytes.count + 1) else { return nil }
        let raw = bytes.part(0..<length)
        guard let line = try? RequestParser.read(raw, into: connection.fields) else { return nil }
        let message = MessageView(bytes: raw, fields: connection.fields)
        let fields = worker.outgoing
        fields.removeAll()
        fields.add(line, message, isSecure: connection.isSecure)
        request = BodyReader(line.framing)
        isRequestSent = line.framing == .none
        let number = fields.withHeaders { headers -> Int32 in
            guard !isRequestSent else {
                return nghttp2_submit_request(
                    connection.session,
                    nil,
                    headers.baseAddress,
                    headers.count,
                    nil,
                    nil
                )
            }
            var provider = nghttp2_data_provider(source: nghttp2_data_source(ptr: nil), read_callback: readRequest)
            return nghttp2_submit_request(
                connection.session,
                nil,
                headers.baseAddress,
                headers.count,
                &provider,
                nil
            )
        }
        guard number > 0 else { return nil }
        exchange.noteSent(length)
        id = number
        submitted = now
        setDeadline(worker.settings.firstByte)
        return number
    }

    /// Takes note that the head has left the library.
    func noteHeadSent() {
        isHeadSent = true
    }

    /// Gives the library the next bytes of the request's body.
    ///
    /// - Returns: How many, or an error code of the library.
    func read(into buffer: UnsafeMutableRawBufferPointer, flags: UnsafeMutablePointer<UInt32>) -> Int {
        guard let exchange else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
        let wasCongested = exchange.isCongested
        var written = 0
        do throws(HTTPSyntaxError) {
            isRequestSent = try fill(buffer, &written, from: exchange)
        } catch {
            return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        if wasCongested, !exchange.isCongested { connection.giveRoomLater(self) }
        if written > 0, !hasHead { setDeadline(worker.settings.firstByte) }
        guard isRequestSent || written > 0 else {
            isDeferred = true
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        if isRequestSent { finish(flags) }
        return written
    }

    /// - Returns: Whether the body is over.
    private func fill(
        _ buffer: UnsafeMutableRawBufferPointer,
        _ written: inout Int,
        from exchange: Exchange
    ) throws(HTTPSyntaxError) -> Bool {
        while true {
            let unsent = exchange.request.unsent
            let part = unsent.part(0..<min(unsent.count, buffer.count - written))
            var position = 0
            let step = try request.next(in: part, from: &position, limit: worker.settings.limits.headBytes)
            if case .data(let range) = step, range.count > 0 {
                UnsafeMutableRawBufferPointer(rebasing: buffer[written...]).copyMemory(from: part.part(range))
                written += range.count
            }
            exchange.noteSent(position)
            if case .finished = step { return true }
            if position == 0 { return false }
        }
    }

    private func finish(_ flags: UnsafeMutablePointer<UInt32>) {
        flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
        guard request.trailers.count > 2, let id else { return }
        connection.fields.removeAll()
        let bytes = request.trailers.bytes
        guard (try? FieldParser.read(bytes, from: 0, into: connection.fields)) != nil else { return }
        let trailers = worker.outgoing
        trailers.removeAll()
        trailers.add(trailersOf: MessageView(bytes: bytes, fields: connection.fields))
        guard !trailers.isEmpty else { return }
        flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        _ = trailers.withHeaders { nghttp2_submit_trailer(connection.session, id, $0.baseAddress, $0.count) }
    }

    // MARK: The answer

    /// The head is complete, or the trailers are.
    func receiveHead(endsStream: Bool) {
        guard let exchange, end == nil else { return }
        do throws(HTTPSyntaxError) {
            let limits = worker.settings.limits
            if connection.head.size > limits.headBytes { throw .headTooLarge }
            if connection.head.fieldCount > limits.headerCount { throw .tooManyFields }
            if hasHead {
                trailers = connection.head.take()
            } else {
                let (answer, message) = try connection.head.finish(
                    answering: exchange.verb,
                    endsStream: endsStream,
                    into: worker.fields
                )
                if answer.isInformational {
                    exchange.receiveInformational(answer, message)
                } else {
                    hasHead = true
                    expectsBody = answer.framing != .none
                    exchange.receiveHead(answer, message)
                }
                connection.head.begin()
            }
            touch()
            if endsStream { receiveEnd() }
        } catch {
            refuse()
        }
    }

    func receiveData(_ bytes: UnsafeRawBufferPointer) {
        unconsumed += bytes.count
        guard let exchange, end == nil, bytes.count > 0 else { return }
        // A client was told that there is none, and would take it for the next answer.
        guard expectsBody else { return refuse() }
        exchange.receiveBody(bytes)
        touch()
    }

    func receiveEnd() {
        guard end == nil else { return }
        end = hasHead ? .answered : .failed(.malformed)
        touch()
    }

    /// The library has closed the stream.
    func closed(_ code: nghttp2_error_code) {
        guard end == nil else { return }
        switch code {
        case NGHTTP2_REFUSED_STREAM: end = .failed(.refused)
        case NGHTTP2_PROTOCOL_ERROR: end = .failed(.malformed)
        default: end = .failed(.broken)
        }
        touch()
    }

    /// What came is no answer.
    private func refuse() {
        reset(NGHTTP2_PROTOCOL_ERROR)
        end = .failed(.malformed)
        touch()
    }

    private func touch() {
        guard !isTouched else { return }
        isTouched = true
        connection.settleLater(self)
    }

    /// Hands on what the bytes at hand have come to, when they have been gone through.
    func settle() {
        isTouched = false
        guard let exchange else { return }
        switch end {
        case nil:
            exchange.flushAnswer()
            guard self.exchange != nil else { return }
            allowMore()
            setDeadline(hasHead ? worker.settings.answerIdle : worker.settings.firstByte)
        case .answered: finishAnswer(exchange)
        case .failed(let failure): fail(failure)
        }
    }

    private func finishAnswer(_ exchange: Exchange) {
        // An answer may be complete before its request is, which then need not be sent, RFC 9113 section 8.1.
        if !isRequestSent { reset(NGHTTP2_CANCEL) }
        leave()
        var message: MessageView?
        if trailers != nil { message = try? trailers?.trailers(into: worker.fields) }
        exchange.receiveEnd(trailers: message)
    }

    /// Lets the endpoint send as much again as the client has taken.
    private func allowMore() {
        guard unconsumed > 0, let id, let exchange, !exchange.isClientBlocked else { return }
        nghttp2_session_consume_stream(connection.session, id, unconsumed)
        unconsumed = 0
    }

    // MARK: Ends

    /// Ends the attempt.
    func fail(_ failure: AttemptFailure) {
        guard let exchange else { return }
        leave()
        if hasHead { exchange.answerBroke(failure) } else { exchange.attemptFailed(failure) }
    }

    /// The connection has ended before the answer was complete.
    func connectionBroke() {
        if !isHeadSent { return fail(.refused) }
        // One that was idle may have been closed just as the request was on its way.
        let isStale = connection.hasBeenIdle && !hasHead && connection.lastReceived <= submitted
        fail(isStale ? .stale : .broken)
    }

    /// Gives the exchange up, of which nothing was sent, to another connection.
    func giveUp() -> Exchange? {
        defer { leave() }
        return exchange
    }

    private func leave() {
        exchange = nil
        loop.remove(timer)
        connection.remove(self)
    }

    private func reset(_ code: nghttp2_error_code) {
        guard let id else { return }
        nghttp2_submit_rst_stream(connection.session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, code.rawValue)
    }

    private func setDeadline(_ time: UInt64) {
        deadline.set(min(loop.now + time, exchange?.end ?? .max), of: timer, on: loop)
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {}

    func deadlinePassed() {
        guard deadline.passed(timer, on: loop), let exchange else { return }
        guard id != nil else { return fail(.connectTimeout) }
        if exchange.isClientBlocked {
            reset(NGHTTP2_CANCEL)
            leave()
            return exchange.clientStalled()
        }
        // The client's own time runs while its body is awaited.
        if !exchange.request.isComplete, !exchange.request.hasUnsent, loop.now < exchange.end ?? .max {
            return setDeadline(worker.settings.firstByte)
        }
        reset(NGHTTP2_CANCEL)
        connection.suspect(since: submitted)
        fail(.timeout)
    }
}

extension HTTP2UpstreamStream: Upstream {
    func begin(_ placement: any Placement, for exchange: Exchange) {
        self.exchange = exchange
        loop.install(self, as: timer)
        setDeadline(worker.settings.connect)
        connection.begin(self, placement)
    }

    func requestAdded() {
        guard isDeferred, let id else { return }
        isDeferred = false
        nghttp2_session_resume_data(connection.session, id)
        connection.pushSoon()
    }

    func clientHasRoom() {
        allowMore()
        connection.pushSoon()
    }

    func abandon() {
        guard exchange != nil else { return }
        reset(NGHTTP2_CANCEL)
        leave()
    }
}

/// Hands the library the next bytes of a stream's request.
private func readRequest(
    _: OpaquePointer?,
    _ stream: Int32,
    _ buffer: UnsafeMutablePointer<UInt8>?,
    _ length: Int,
    _ flags: UnsafeMutablePointer<UInt32>?,
    _: UnsafeMutablePointer<nghttp2_data_source>?,
    _ user: UnsafeMutableRawPointer?
) -> Int {
    guard let flags, let stream = HTTP2Upstream.of(user)?.streams[stream] else {
        return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    }
    return stream.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: length), flags: flags)
}
