// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CNghttp2

/// A client's HTTP/2 connection: frames and header compression are libnghttp2's, each stream is an exchange.
final class HTTP2Client: EventSource {
    private enum Phase {
        case open
        /// What is queued goes out, then the connection closes.
        case closing
        case closed
    }

    private static let readsPerTurn = 8

    let worker: HTTPWorker
    let id: SourceID
    private let transport: Transport
    let origin: RequestOrigin
    private let frames = HTTP2Session()
    let streams = StreamTable<HTTP2Stream>()
    /// The head, or the trailers, that are coming in: the frames of one are not mixed with others (RFC 9113 section 4.3).
    var head = HTTP2Head()
    /// Whether they are of a stream that is known; else they are only gone through.
    var isHeadWanted = false
    /// Whether an endpoint may wait for a client's stream to have room.
    var mayHaveBlocked = false
    private var phase = Phase.open
    private var isBroken = false
    private var deadline = LazyDeadline()
    private var resets: FloodGuard
    private var controls: FloodGuard
    private var hasSaidGoodbye = false
    private var isPushDue = false
    private var starting: [Exchange] = []
    private var pushing: [HTTP2Stream] = []

    init(_ transport: Transport, origin: RequestOrigin, id: SourceID, worker: HTTPWorker) {
        self.transport = transport
        self.origin = origin
        self.id = id
        self.worker = worker
        let now = worker.loop.now
        resets = FloodGuard(most: 200, perSecond: 20, now: now)
        controls = FloodGuard(most: 1000, perSecond: 100, now: now)
    }

    /// The library's session; nil until the connection has begun.
    var session: OpaquePointer? { frames.handle }

    private var loop: EventLoop { worker.loop }

    /// Whether no request is on the connection.
    var isIdle: Bool { streams.isEmpty }

    /// The connection that the library's callbacks are for.
    static func of(_ user: UnsafeMutableRawPointer?) -> HTTP2Client? {
        user.map { Unmanaged<HTTP2Client>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Begins, with what was received already, the client's preface among it.
    func begin(_ early: UnsafeRawBufferPointer, events: ReadyEvents) {
        note(events)
        let handle = HTTP2Callbacks.makeSession(for: Unmanaged.passUnretained(self).toOpaque())
        let settings = [
            (NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, worker.settings.limits.http2Streams),
            (NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, worker.settings.limits.headBytes),
        ]
        guard frames.begin(handle, settings: settings) else { return close() }
        setDeadline(worker.settings.keepAlive)
        if early.count > 0 { take(early) }
        turn()
    }

    // MARK: Events

    func ready(_ events: ReadyEvents, channel: UInt8) {
        note(events)
        turn()
    }

    func resume() {
        isPushDue = false
        turn()
    }

    private func note(_ events: ReadyEvents) {
        frames.readiness.note(events)
        if !events.isDisjoint(with: [.hangUp, .failed]) { isBroken = true }
    }

    private func turn() {
        if case .closed = phase { return }
        if isBroken { return close() }
        push()
        var left = Self.readsPerTurn
        while case .open = phase, frames.readiness.isReadable, !frames.isFull {
            guard left > 0 else { return loop.callAgain(id) }
            left -= 1
            switch transport.receive(into: loop.scratch) {
            case .bytes(let count):
                if count < loop.scratch.count, transport.shortReadIsLast { frames.readiness.wasEmptied() }
                take(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
                push()
            case .empty: frames.readiness.isReadable = false
            case .end, .failed: return close()
            }
        }
    }

    /// Hands bytes to the library.
    private func take(_ bytes: UnsafeRawBufferPointer) {
        let used = frames.take(bytes)
        handOn()
        if used < 0 {
            fail(used == Int(NGHTTP2_ERR_FLOODED.rawValue) ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR)
        }
    }

    /// Starts and continues requests when the library has gone through the bytes: the memory that those are in is the
    /// loop's, and an endpoint's answer may be read into it.
    private func handOn() {
        let starting = starting
        let pushing = pushing
        self.starting = []
        self.pushing = []
        for exchange in starting { exchange.start() }
        for stream in pushing {
            guard let exchange = stream.exchange else { continue }
            exchange.pushRequest()
            if !exchange.isCongested { consume(stream) }
        }
    }

    /// Starts a request when the bytes at hand have been gone through.
    func startLater(_ exchange: Exchange) {
        starting.append(exchange)
    }

    /// Hands on what came of a request when the bytes at hand have been gone through.
    func pushLater(_ stream: HTTP2Stream) {
        if pushing.last !== stream { pushing.append(stream) }
    }

    /// Sends what is due when all events at hand have been gone through, so that the answers to several streams which
    /// came together leave together.
    func pushSoon() {
        guard !isPushDue else { return }
        isPushDue = true
        loop.callAgain(id)
    }

    /// Has the library make frames and sends them.
    private func push() {
        guard !frames.isBusy else { return }
        if case .closed = phase { return }
        if !isBroken, !frames.send(over: transport) { isBroken = true }
        settle()
    }

    private func settle() {
        if isBroken { return close() }
        resumeStreams()
        if case .closing = phase {
            if frames.isFlushed { close() }
            return
        }
        if frames.isOver { return close() }
        if streams.isEmpty {
            if worker.isStopping { sayGoodbye() }
            setDeadline(worker.settings.keepAlive)
        } else if frames.isFlushed {
            clearDeadline()
        } else {
            setDeadline(worker.settings.answerIdle)
        }
    }

    private func resumeStreams() {
        guard mayHaveBlocked else { return }
        mayHaveBlocked = false
        for stream in streams.all { stream.resumeIfRoom() }
    }

    private func setDeadline(_ time: UInt64) {
        deadline.set(loop.now + time, of: id, on: loop)
    }

    private func clearDeadline() {
        deadline.set(nil, of: id, on: loop)
    }

    func deadlinePassed() {
        guard deadline.passed(id, on: loop) else { return }
        close()
    }

    // MARK: Streams

    /// Counts a frame that asks for nothing.
    ///
    /// - Returns: Whether the client may go on.
    func mayControl() -> Bool { controls.take(at: loop.now) }

    /// Counts a stream that the client takes back.
    func mayReset() -> Bool { resets.take(at: loop.now) }

    /// Lets the client send as much again as the endpoint has taken.
    func consume(_ stream: HTTP2Stream) {
        guard stream.unconsumed > 0 else { return }
        nghttp2_session_consume_stream(session, stream.id, stream.unconsumed)
        stream.unconsumed = 0
    }

    func countRejected(_ status: Int) {
        worker.tally.count { counters in
            counters.rejected += 1
            counters.count(status: status)
        }
    }

    // MARK: Ends

    /// Tells the client why the connection ends, and ends it.
    func fail(_ code: nghttp2_error_code) {
        guard case .open = phase else { return }
        nghttp2_session_terminate_session(session, code.rawValue)
        phase = .closing
        for stream in streams.all { stream.abandon() }
        worker.tally.count { $0.rejected += 1 }
        setDeadline(1_000_000_000)
        push()
    }

    /// Tells the client to send no more requests.
    func sayGoodbye() {
        guard case .open = phase, !hasSaidGoodbye else { return }
        hasSaidGoodbye = true
        nghttp2_submit_goaway(
            session,
            UInt8(NGHTTP2_FLAG_NONE.rawValue),
            nghttp2_session_get_last_proc_stream_id(session),
            NGHTTP2_NO_ERROR.rawValue,
            nil,
            0
        )
        push()
    }

    /// Closes at once; requests on the connection are abandoned.
    func close() {
        if case .closed = phase { return }
        phase = .closed
        for stream in streams.all { stream.abandon() }
        streams.removeAll()
        loop.remove(id)
        transport.close()
        worker.connectionEnded()
    }
}

extension HTTP2Client: WorkerSource {}
