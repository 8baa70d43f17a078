// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CNghttp2

/// A connection to an endpoint that speaks HTTP/2: many requests share it, each a stream.
final class HTTP2Upstream: ConnectingUpstream {
    enum Phase: ConnectPhase {
        case awaiting, connecting, handshaking
        case open
        case closed
    }

    private static let readsPerTurn = 8
    /// So many bytes of an answer may come before its client has taken any.
    static let streamWindow = 262_144
    /// So many bytes of all answers may be on their way.
    static let connectionWindow: Int32 = 4_194_304

    let worker: HTTPWorker
    let pool: EndpointPool
    let id: SourceID
    /// Memory for the fields of a request's head that is gone through; free to use within a call, never across calls.
    let fields: FieldList
    let frames = HTTP2Session()
    let streams = StreamTable<HTTP2UpstreamStream>()
    /// The head, or the trailers, that are coming in: the frames of one are not mixed with others (RFC 9113 section 4.3).
    var head = HTTP2AnswerHead()
    /// Whether they are of a stream that is known; else they are only gone through.
    var isHeadWanted = false
    /// Requests that wait until the connection is there.
    var queued: [HTTP2UpstreamStream] = []
    var transport = Transport(descriptor: -1)
    var phase = Phase.awaiting
    var deadline = LazyDeadline()
    private var isPushDue = false
    /// Whether it gets no more requests.
    private var isLeaving = false
    var isOpened = false
    /// Streams on which something has happened in the bytes at hand.
    private var touched: [HTTP2UpstreamStream] = []
    /// Streams whose clients may send more of their requests.
    private var roomy: [HTTP2UpstreamStream] = []
    /// When something came last.
    var lastReceived: UInt64 = 0
    /// Whether all of its requests had been answered at some time.
    private(set) var hasBeenIdle = false

    init(pool: EndpointPool, worker: HTTPWorker) {
        self.pool = pool
        self.worker = worker
        // What the proxy adds to a head comes beside what clients may send.
        fields = FieldList(capacity: worker.settings.limits.headerCount + 16)
        id = worker.loop.reserve()
    }

    /// The library's session; nil until the connection is there.
    var session: OpaquePointer? { frames.handle }
    var readiness: Readiness {
        get { frames.readiness }
        set { frames.readiness = newValue }
    }
    var isSecure: Bool { transport.tls != nil }

    /// The connection that the library's callbacks are for.
    static func of(_ user: UnsafeMutableRawPointer?) -> HTTP2Upstream? {
        user.map { Unmanaged<HTTP2Upstream>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Whether no request is on the connection.
    var isIdle: Bool { streams.isEmpty && queued.isEmpty }

    /// Whether it takes another request.
    var hasRoom: Bool {
        if isLeaving { return false }
        var most = worker.settings.configuration.pooling.maxStreamsPerConnection
        if let session {
            let allowed = nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
            most = min(most, Int(allowed))
        }
        return streams.count + queued.count < most
    }

    // MARK: Streams

    func submit(_ stream: HTTP2UpstreamStream) {
        guard let id = stream.submit(at: loop.now) else {
            // No stream is left on this connection, or the head can't be sent at all.
            if nghttp2_session_check_request_allowed(session) == 0 { leave() }
            return stream.fail(.refused)
        }
        streams[id] = stream
        deadline.set(nil, of: self.id, on: loop)
        pushSoon()
    }

    /// Takes note that a stream is over, or is not wanted any more.
    func remove(_ stream: HTTP2UpstreamStream) {
        if let id = stream.id { _ = streams.remove(id) } else { queued.removeAll { $0 === stream } }
        pushSoon()
    }

    /// Goes on with a stream when the bytes at hand have been gone through: the memory that those are in is the loop's.
    func settleLater(_ stream: HTTP2UpstreamStream) {
        touched.append(stream)
    }

    /// Lets a stream's client go on when the library has made its frames.
    func giveRoomLater(_ stream: HTTP2UpstreamStream) {
        roomy.append(stream)
    }

    /// The endpoint takes no more requests; those that it has not looked at are closed by the library as refused.
    func receiveGoAway() {
        isLeaving = true
        pool.forget(self)
    }

    /// A request got no answer in time; nothing else is sent to an endpoint that has been silent since.
    func suspect(since time: UInt64) {
        if lastReceived <= time { leave() }
    }

    // MARK: Events

    func ready(_ events: ReadyEvents, channel: UInt8) {
        switch phase {
        case .connecting: connectDecided(events)
        case .handshaking:
            readiness.note(events)
            shakeHands()
        case .open:
            readiness.note(events)
            turn()
        case .awaiting, .closed: break
        }
    }

    func resume() {
        isPushDue = false
        turn()
    }

    func turn() {
        guard case .open = phase else { return }
        push()
        var left = Self.readsPerTurn
        while case .open = phase, readiness.isReadable {
            guard left > 0 else { return loop.callAgain(id) }
            left -= 1
            switch transport.receive(into: loop.scratch) {
            case .bytes(let count):
                if count < loop.scratch.count, transport.shortReadIsLast { readiness.wasEmptied() }
                take(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
                push()
            case .empty: readiness.isReadable = false
            case .end, .failed: return broke()
            }
        }
    }

    /// Hands bytes to the library.
    private func take(_ bytes: UnsafeRawBufferPointer) {
        lastReceived = loop.now
        let used = frames.take(bytes)
        handOn()
        if used < 0 { fail(.malformed) }
    }

    private func handOn() {
        let due = touched
        touched = []
        for stream in due { stream.settle() }
    }

    /// Sends what is due when all events at hand have been gone through, so that requests of several clients leave
    /// together.
    func pushSoon() {
        guard !isPushDue else { return }
        isPushDue = true
        loop.callAgain(id)
    }

    /// Has the library make frames and sends them.
    private func push() {
        guard !frames.isBusy, case .open = phase else { return }
        // It may have said why before it closed: what it has sent is read first.
        if !frames.send(over: transport) { readiness.isReadable = true }
        let due = roomy
        roomy = []
        for stream in due { stream.exchange?.requestHasRoom() }
        // A stream may have been closed because its request could not be read.
        handOn()
        settle()
    }

    /// Lets the connection rest, or ends it, once it has no request.
    func settle() {
        guard case .open = phase else { return }
        // The library has given the connection up, as for what is not HTTP/2 at all.
        if frames.isOver { return fail(.malformed) }
        guard isIdle else { return }
        hasBeenIdle = true
        if isLeaving || worker.isStopping || pool.isRetired { return say(NGHTTP2_NO_ERROR) }
        setDeadline(worker.settings.poolIdle)
    }

    func setDeadline(_ time: UInt64) {
        deadline.set(loop.now + time, of: id, on: loop)
    }

    func deadlinePassed() {
        guard deadline.passed(id, on: loop) else { return }
        switch phase {
        case .awaiting, .connecting, .handshaking: fail(.connectTimeout)
        case .open: if isIdle { say(NGHTTP2_NO_ERROR) }
        case .closed: break
        }
    }

    // MARK: Ends

    /// Gets no more requests, and closes with the last of those that it has.
    func leave() {
        isLeaving = true
        pool.forget(self)
        guard isIdle else { return }
        if frames.isBusy { return }
        if case .open = phase { say(NGHTTP2_NO_ERROR) } else { close() }
    }

    /// Breaks the requests off that are on the connection, and closes it.
    func disconnect() {
        isLeaving = true
        pool.forget(self)
        let all = Array(streams.all) + queued
        for stream in all { stream.exchange?.disconnect() }
        close()
    }

    /// Tells the endpoint why the connection ends, as far as it takes that, and closes it.
    private func say(_ code: nghttp2_error_code) {
        guard case .open = phase else { return }
        frames.terminate(code, over: transport)
        close()
    }

    /// The endpoint has closed the connection, or it broke.
    private func broke() {
        let all = Array(streams.all)
        streams.removeAll()
        close()
        for stream in all { stream.connectionBroke() }
    }

    /// Ends the connection for a reason, and every request on it.
    func fail(_ failure: AttemptFailure) {
        let all = Array(streams.all) + queued
        streams.removeAll()
        queued = []
        if case .open = phase { say(NGHTTP2_PROTOCOL_ERROR) } else { close() }
        for stream in all { stream.fail(failure) }
    }

    func close() {
        if case .closed = phase { return }
        let hadSocket = transport.descriptor >= 0
        phase = .closed
        isLeaving = true
        pool.forget(self)
        loop.remove(id)
        if hadSocket { transport.close() }
    }
}
