// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A client's HTTP/1 connection: one request at a time, however many the client sends ahead.
///
/// An idle connection holds no buffers: bytes are read into the loop's memory, and only what can't be handed on yet is
/// kept.
final class HTTP1Client: EventSource {
    enum Phase {
        /// A request's head is awaited, or the next one.
        case waiting
        /// A request is with an endpoint, or on its way.
        case exchanging
        /// The last answer is out; what the client still sends is read and forgotten, so that a reset does not destroy
        /// the answer.
        case lingering
        case closed
    }

    /// How long what a client still sends is read after the last answer: 2 seconds.
    private static let lingerTime: UInt64 = 2_000_000_000

    let worker: HTTPWorker
    let id: SourceID
    let transport: Transport
    let origin: RequestOrigin
    var phase = Phase.waiting
    var flags: ClientFlags = []
    var input = ByteQueue()
    var scanner = HeadScanner()
    var output = ByteQueue()
    var exchange: Exchange?
    var body = BodyReader(.none)
    var bodyBytes: UInt64 = 0
    var bodyStarted: UInt64 = 0
    private var deadline = LazyDeadline()

    init(_ transport: Transport, origin: RequestOrigin, id: SourceID, worker: HTTPWorker) {
        self.transport = transport
        self.origin = origin
        self.id = id
        self.worker = worker
    }

    var loop: EventLoop { worker.loop }

    /// Whether there is no request, nor a part of one.
    var isIdle: Bool {
        if case .waiting = phase { input.isEmpty && output.isEmpty } else { false }
    }

    /// Begins, with what was received already.
    func begin(_ early: UnsafeRawBufferPointer, events: ReadyEvents) {
        note(events)
        input.append(early)
        setDeadline(worker.settings.keepAlive)
        turn()
    }

    // MARK: Events

    func ready(_ events: ReadyEvents, channel: UInt8) {
        note(events)
        if flags.contains(.broken) {
            if case .lingering = phase { return close() }
            if exchange != nil { return clientGone() }
        }
        if events.contains(.peerFinished), exchange != nil, !worker.settings.configuration.allowsHalfClose,
            body.isFinished
        {
            return clientGone()
        }
        turn()
    }

    func resume() {
        turn()
    }

    private func note(_ events: ReadyEvents) {
        if !events.isDisjoint(with: [.readable, .peerFinished, .hangUp, .failed]) { flags.insert(.readable) }
        if events.contains(.writable) { flags.insert(.writable) }
        if !events.isDisjoint(with: [.peerFinished, .hangUp, .failed]) { flags.insert(.finishing) }
        if !events.isDisjoint(with: [.hangUp, .failed]) { flags.insert(.broken) }
    }

    private func turn() {
        if !output.isEmpty, flags.contains(.writable) {
            guard flush() else { return clientGone() }
            if output.isEmpty, let exchange { exchange.clientHasRoom() }
        }
        switch phase {
        case .waiting:
            guard output.isEmpty else { return }
            if flags.contains(.closesAfterFlush) { linger() } else { readHead() }
        case .exchanging: readBody()
        case .lingering: drain()
        case .closed: break
        }
    }

    func setDeadline(_ time: UInt64) {
        deadline.set(loop.now + time, of: id, on: loop)
    }

    func clearDeadline() {
        deadline.set(nil, of: id, on: loop)
    }

    func deadlinePassed() {
        guard deadline.passed(id, on: loop) else { return }
        switch phase {
        case .waiting:
            if output.isEmpty, !input.isEmpty, !flags.contains(.closesAfterFlush) { reject(408) } else { close() }
        case .exchanging: bodyIsLate()
        case .lingering: close()
        case .closed: break
        }
    }

    private func bodyIsLate() {
        guard let exchange, !body.isFinished else { return }
        if exchange.isCongested { return setDeadline(worker.settings.requestBodyIdle) }
        refuseBody(408)
    }

    // MARK: Ends

    /// The client's connection broke, or it went away.
    func clientGone() {
        exchange?.abandon()
        exchange = nil
        close()
    }

    /// Sends what is left, then reads what the client still sends until it ends too.
    func linger() {
        flags.insert(.closesAfterFlush)
        phase = .waiting
        setDeadline(worker.settings.answerIdle)
        guard output.isEmpty else { return }
        transport.finishSending()
        phase = .lingering
        setDeadline(Self.lingerTime)
        drain()
    }

    private func drain() {
        input.clear()
        for _ in 0..<8 where flags.contains(.readable) {
            switch transport.receive(into: loop.scratch) {
            case .bytes: continue
            case .empty: flags.remove(.readable)
            case .end, .failed: return close()
            }
        }
        if flags.contains(.readable) { loop.callAgain(id) }
    }

    /// Closes at once; after an answer that broke off, so that the client can tell.
    func close(breaking: Bool = false) {
        if case .closed = phase { return }
        phase = .closed
        loop.remove(id)
        if breaking { transport.breakOff() }
        transport.close()
        worker.connectionEnded()
    }

    /// Gives the connection up to what comes after HTTP.
    func giveUpTransport() {
        loop.unwatch(transport.descriptor)
        phase = .closed
        exchange = nil
        loop.remove(id)
    }
}
