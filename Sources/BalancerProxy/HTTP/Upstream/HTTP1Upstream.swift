// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// A connection to an endpoint: one request at a time goes out, its answer comes in, and then the next may have it.
final class HTTP1Upstream: ConnectingUpstream {
    enum Phase: ConnectPhase {
        case awaiting, connecting, handshaking
        case busy
        case idle
        case closed
    }

    let worker: HTTPWorker
    let pool: EndpointPool
    let id: SourceID
    var transport = Transport(descriptor: -1)
    var phase = Phase.awaiting
    var exchange: Exchange?
    private var deadline = LazyDeadline()

    var readiness = Readiness()
    var sendFailed = false

    var input = ByteQueue()
    var scanner = HeadScanner()
    var body = BodyReader(.none)
    var hasHead = false
    var keeps = false
    private var isReused = false
    var idleLimit: UInt64

    init(pool: EndpointPool, worker: HTTPWorker) {
        self.pool = pool
        self.worker = worker
        id = worker.loop.reserve()
        idleLimit = worker.settings.poolIdle
    }

    /// Takes over a connection that is there, and has been watched under its name.
    init(_ transport: Transport, id: SourceID, pool: EndpointPool, worker: HTTPWorker) {
        self.transport = transport
        self.id = id
        self.pool = pool
        self.worker = worker
        idleLimit = worker.settings.poolIdle
        readiness.isReadable = true
        readiness.isWritable = true
    }

    /// Sends a request over a connection that was taken over.
    func adopted(for exchange: Exchange) {
        self.exchange = exchange
        loop.install(self, as: id)
        phase = .busy
        beginRequest()
    }

    // MARK: Connecting

    var offered: UpstreamProtocol { .http1 }

    /// Makes the connection for a request.
    func open(_ placement: any Placement, for exchange: Exchange) {
        self.exchange = exchange
        connect(to: placement)
    }

    func connected() {
        pool.tally.count { $0.connected += 1 }
        phase = .busy
        beginRequest()
    }

    // MARK: One request

    /// Whether the endpoint has neither closed the idle connection nor said anything on it.
    var isAlive: Bool {
        if transport.tls != nil { return isSilent }
        var byte: UInt8 = 0
        return recv(transport.descriptor, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT)) < 0 && errno == EAGAIN
    }

    /// Whether what came on an idle connection is TLS's own, such as a session ticket.
    private var isSilent: Bool {
        guard transport.tls != nil, case .empty = transport.receive(into: loop.scratch) else { return false }
        return true
    }

    /// Sends a request over the connection, which was idle.
    func use(for exchange: Exchange) {
        self.exchange = exchange
        phase = .busy
        isReused = true
        beginRequest()
    }

    private func beginRequest() {
        hasHead = false
        setDeadline(worker.settings.firstByte)
        sendRequest()
        if readiness.isReadable { readAnswer() }
    }

    /// More of the request is there to be sent.
    func requestAdded() {
        guard case .busy = phase else { return }
        sendRequest()
        if sendFailed { readAnswer() }
    }

    private func sendRequest() {
        guard let exchange, exchange.request.hasUnsent, !sendFailed else { return }
        let wasCongested = exchange.isCongested
        while readiness.isWritable, exchange.request.hasUnsent {
            let bytes = exchange.request.unsent
            switch transport.send(bytes) {
            case .bytes(let count):
                exchange.noteSent(count)
                readiness.isWritable = count == bytes.count
                if !hasHead { setDeadline(worker.settings.firstByte) }
            case .full:
                readiness.isWritable = false
            case .failed:
                // It may have answered before it closed: what it has sent is read first.
                sendFailed = true
                readiness.isReadable = true
                return
            }
        }
        if wasCongested, !exchange.isCongested { exchange.requestHasRoom() }
    }

    /// The client takes more of the answer.
    func clientHasRoom() {
        guard case .busy = phase, readiness.isReadable else { return }
        loop.callAgain(id)
    }

    // MARK: Ends

    func streamEnded() {
        guard hasHead, body.endsWithConnection else { return connectionBroke() }
        body.clear()
        keeps = false
        do throws(HTTPSyntaxError) {
            try finishAnswer(keeping: false)
        } catch {
            exchangeFailed(.malformed)
        }
    }

    func connectionBroke() {
        let isStale = isReused && input.isEmpty && !hasHead
        exchangeFailed(isStale ? .stale : .broken)
    }

    func fail(_ failure: AttemptFailure) {
        exchangeFailed(failure)
    }

    func exchangeFailed(_ failure: AttemptFailure) {
        let exchange = exchange
        self.exchange = nil
        close()
        if hasHead { exchange?.answerBroke(failure) } else { exchange?.attemptFailed(failure) }
    }

    /// The exchange needs no answer any more.
    func abandon() {
        exchange = nil
        close()
    }

    /// Closes the connection, which has no request.
    func closeIdle() {
        if case .idle = phase { close() }
    }

    /// Closes the connection while its request is on it, as if it had broken.
    func disconnect() {
        exchange?.disconnect()
    }

    func giveUpTransport() {
        loop.unwatch(transport.descriptor)
        phase = .closed
        exchange = nil
        loop.remove(id)
    }

    func close() {
        if case .closed = phase { return }
        let hadSocket = transport.descriptor >= 0
        phase = .closed
        loop.remove(id)
        if hadSocket { transport.close() }
    }

    // MARK: Events

    func ready(_ events: ReadyEvents, channel: UInt8) {
        switch phase {
        case .connecting: connectDecided(events)
        case .handshaking:
            readiness.note(events)
            shakeHands()
        case .busy:
            readiness.note(events)
            sendRequest()
            readAnswer()
        case .idle:
            // It closes, or says something that no one has asked for.
            if !events.isDisjoint(with: [.peerFinished, .hangUp, .failed])
                || events.contains(.readable) && !isSilent
            {
                pool.forget(self)
                close()
            }
        case .awaiting, .closed: break
        }
    }

    func resume() {
        guard case .busy = phase else { return }
        sendRequest()
        readAnswer()
    }

    func setDeadline(_ time: UInt64) {
        deadline.set(min(loop.now + time, exchange?.end ?? .max), of: id, on: loop)
    }

    func deadlinePassed() {
        guard deadline.passed(id, on: loop) else { return }
        switch phase {
        case .awaiting, .connecting, .handshaking: fail(.connectTimeout)
        case .busy: answerIsLate()
        case .idle:
            pool.forget(self)
            close()
        case .closed: break
        }
    }

    private func answerIsLate() {
        guard let exchange else { return close() }
        if exchange.isClientBlocked {
            self.exchange = nil
            close()
            return exchange.clientStalled()
        }
        // The client's own time runs while its body is awaited.
        if !exchange.request.isComplete, !exchange.request.hasUnsent, loop.now < exchange.end ?? .max {
            return setDeadline(worker.settings.firstByte)
        }
        fail(.timeout)
    }
}
