// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// One request and its answer, on their way between a client and an endpoint: finds endpoints, tries again where that is
/// safe, and keeps account.
final class Exchange {
    private enum Phase {
        /// There is no endpoint; one is sought again until then.
        case waiting(until: UInt64)
        /// With an endpoint; no answer yet.
        case trying
        case answering
        case finished
    }

    let worker: HTTPWorker
    let verb: RequestVerb
    let wantsUpgrade: Bool
    let isChunked: Bool
    /// When the request's head came.
    let started: UInt64
    /// When all must be over; nil for no such time.
    let end: UInt64?

    private(set) var client: (any ExchangeClient)?
    var request = RequestStore()
    private var upstream: (any Upstream)?
    private(set) var placement: (any Placement)?
    private var phase: Phase
    var context: PickContext
    private var summary: RequestSummary?
    private var attempts = 0
    /// Attempts since the request last waited for an endpoint.
    private(set) var tries = 0
    /// Why the last attempt failed.
    private(set) var lastFailure: AttemptFailure?
    private var attemptStarted: UInt64 = 0
    private var firstByte: UInt64?
    private var status = 0
    private var answerBytes: UInt64 = 0

    init(
        worker: HTTPWorker,
        client: any ExchangeClient,
        head: RequestHead,
        message: MessageView,
        origin: RequestOrigin,
        version: String
    ) {
        let settings = worker.settings
        self.worker = worker
        self.client = client
        verb = head.verb
        wantsUpgrade = head.traits.contains(.upgrade)
        isChunked = head.framing == .chunked
        started = worker.loop.now
        end = settings.total.map { worker.loop.now + $0 }
        phase = .waiting(until: worker.loop.now + settings.endpointWait)
        context = PickContext(now: worker.router.now)
        for key in settings.configuration.keys where context.key == nil {
            context.key = key.hash(of: head, message, peer: origin.peer)
        }
        if let name = settings.configuration.sessionCookie,
            let value = CookieReader.find(Array(name.utf8), in: message)
        {
            context.session = SessionAffinity.number(fromCookie: value.text)
        }
        if settings.configuration.accessLog != nil {
            summary = RequestSummary(head, message, origin: origin, version: version)
        }
        RequestHeadWriter(head: head, message: message, origin: origin, forwarding: settings.forwarding)
            .write(to: &request.bytes)
    }

    // MARK: The request

    /// Adds a piece of the request's body.
    func append(body bytes: UnsafeRawBufferPointer) {
        if isChunked { request.bytes.append(chunk: bytes) } else { request.bytes.append(bytes) }
    }

    /// Notes that the request's body is complete.
    func completeRequest(trailers: MessageView?) {
        request.isComplete = true
        if isChunked { TrailerWriter.writeEnd(trailers: trailers, to: &request.bytes) }
    }

    /// Hands on what was added.
    func pushRequest() {
        upstream?.requestAdded()
    }

    /// Whether the client should send no more for now.
    var isCongested: Bool { request.isCongested }

    func noteSent(_ count: Int) {
        request.noteSent(count, keeping: worker.settings.configuration.retries.replayBytes)
    }

    func requestHasRoom() {
        client?.requestHasRoom()
    }

    // MARK: An endpoint

    /// Starts on the way to an endpoint.
    func start() {
        if case .finished = phase { return }
        worker.retries.deposit(at: context.now)
        seek()
    }

    /// Seeks an endpoint again, for a request that waited.
    func seekAgain() {
        guard case .waiting = phase else { return }
        context.now = worker.router.now
        seek()
    }

    private func seek() {
        switch worker.router.place(context) {
        case .placed(let placement): reach(placement)
        case .refused: wait()
        }
    }

    /// Waits for an endpoint, if the request may wait.
    private func wait() {
        if case .waiting(let until) = phase, worker.loop.now < until, worker.hold(self) { return }
        fail(lastFailure?.status ?? 503, lastFailure?.ending ?? .unavailable)
    }

    /// Waits until there is an endpoint on which the request has not failed, or one of those takes it after all.
    private func waitForAnother() {
        phase = .waiting(until: started &+ worker.settings.endpointWait)
        context.excluded = SlotSet()
        tries = 0
        wait()
    }

    private func reach(_ placement: any Placement) {
        self.placement = placement
        phase = .trying
        attempts += 1
        tries += 1
        attemptStarted = worker.loop.now
        placement.pool.tally.count { figures in
            figures.active += 1
            figures.requests += 1
        }
        begin(on: placement)
    }

    private func begin(on placement: any Placement) {
        let next = placement.pool.upstream(isIdempotent: verb.isIdempotent)
        upstream = next
        next.begin(placement, for: self)
    }

    /// Goes on with another connection to the same endpoint, before anything was sent: it speaks another protocol.
    func beginAgain() {
        guard case .trying = phase, let placement else { return }
        begin(on: placement)
    }

    /// Goes on with a connection to the same endpoint that is there already.
    func take(_ upstream: any Upstream) {
        self.upstream = upstream
    }

    /// Takes note that the present attempt has failed before an answer came, and makes another if that is safe.
    func attemptFailed(_ failure: AttemptFailure) {
        guard case .trying = phase else { return }
        upstream = nil
        let retry = retry(after: failure)
        lastFailure = failure
        settle(failure.outcome)
        guard retry != .never else { return fail(failure.status, failure.ending) }
        worker.tally.count { $0.retries += 1 }
        request.restart()
        context.attempt += 1
        context.now = worker.router.now
        if retry == .now, case .placed(let placement) = worker.router.place(context) { return reach(placement) }
        waitForAnother()
    }

    /// Answers for an endpoint that gave no answer.
    private func fail(_ status: Int, _ ending: HTTPAccessRecord.Ending) {
        self.status = status
        settle(.cancelled)
        let client = client
        finish(ending)
        client?.receiveFailure(status)
    }

    // MARK: The answer

    var isClientBlocked: Bool { client?.isBlocked ?? false }

    func receiveInformational(_ head: ResponseHead, _ message: MessageView) {
        client?.receiveInformational(head, message)
    }

    func receiveHead(_ head: ResponseHead, _ message: MessageView) {
        beginAnswer(head, message)
        client?.receiveHead(head, message, cookie: sessionCookie)
    }

    private func beginAnswer(_ head: ResponseHead, _ message: MessageView) {
        phase = .answering
        status = head.status
        firstByte = worker.loop.now
        request.forgetSent()
        if head.traits.contains(.hasLoadReport) { takeLoadReport(message) }
    }

    /// A `Set-Cookie` that binds the client to its endpoint, unless it is already.
    private var sessionCookie: String? {
        guard let name = worker.settings.configuration.sessionCookie, let endpoint = placement?.pool.endpoint,
            context.session != SessionAffinity.number(of: endpoint)
        else { return nil }
        return "\(name)=\(SessionAffinity.cookie(for: endpoint)); Path=/; HttpOnly; SameSite=Lax"
    }

    private func takeLoadReport(_ message: MessageView) {
        guard let placement else { return }
        let headers = (0..<message.count).filter { message.fields[$0].kind == .loadReport }
            .map { (name: message.name($0).text, value: message.value($0).text) }
        guard let report = try? ORCA.read(headers), placement.report(report) else { return }
        placement.pool.tally.count { $0.loadReports += 1 }
    }

    func receiveBody(_ bytes: UnsafeRawBufferPointer) {
        answerBytes += UInt64(bytes.count)
        client?.receiveBody(bytes)
    }

    func flushAnswer() {
        client?.flushAnswer()
    }

    /// The answer is complete.
    func receiveEnd(trailers: MessageView?) {
        if let trailers, (0..<trailers.count).contains(where: { trailers.fields[$0].kind == .loadReport }) {
            takeLoadReport(trailers)
        }
        upstream = nil
        settle(.http(status: status))
        let client = client
        finish(.answered)
        client?.receiveEnd(trailers: trailers)
    }

    /// The answer breaks off.
    func answerBroke(_ failure: AttemptFailure) {
        upstream = nil
        settle(failure.outcome)
        let client = client
        finish(failure.ending)
        client?.receiveAbort()
    }

    /// The client takes nothing of its answer for too long.
    func clientStalled() {
        upstream = nil
        settle(.cancelled)
        let client = client
        finish(.clientGone)
        client?.receiveAbort()
    }

    /// The endpoint agrees to change protocols.
    func switchProtocols(
        _ head: ResponseHead,
        _ message: MessageView,
        to transport: Transport,
        early: UnsafeRawBufferPointer
    ) {
        beginAnswer(head, message)
        upstream = nil
        let client = client
        let placement = placement
        let latency = latency
        self.placement = nil
        placement?.pool.tunnels += 1
        finish(.upgraded)
        client?.switchProtocols(head, message, to: transport, early: early) {
            placement?.pool.tunnels -= 1
            placement?.pool.tally.count { $0.active -= 1 }
            placement?.complete(.success, latency: latency)
        }
    }

    // MARK: The end

    /// The client takes more of its answer again.
    func clientHasRoom() {
        upstream?.clientHasRoom()
    }

    /// The client has gone, or its request is refused: nothing more is wanted of the endpoint.
    ///
    /// - Parameters:
    ///   - ending: How the request ends.
    ///   - status: What the client is answered instead, if anything.
    func abandon(_ ending: HTTPAccessRecord.Ending = .clientGone, status: Int? = nil) {
        if case .finished = phase { return }
        if let status { self.status = status }
        let upstream = upstream
        self.upstream = nil
        upstream?.abandon()
        settle(.cancelled)
        finish(ending)
    }

    /// Ends the exchange because its endpoint is disconnected.
    func disconnect() {
        guard let upstream else { return }
        upstream.abandon()
        switch phase {
        case .trying: attemptFailed(.broken)
        case .answering: answerBroke(.broken)
        case .waiting, .finished: break
        }
    }

    private var latency: Duration? {
        firstByte.map { .nanoseconds(Int64(clamping: $0 &- attemptStarted)) }
    }

    /// Tells the balancer how the present attempt ended.
    private func settle(_ outcome: Outcome) {
        guard let placement else { return }
        placement.pool.tally.count { figures in
            figures.active -= 1
            if outcome.isFailure, outcome != .serverError { figures.failed += 1 }
        }
        placement.complete(outcome, latency: latency)
        lastEndpoint = placement.pool.endpoint
        self.placement = nil
    }

    private var lastEndpoint: String?

    private func finish(_ ending: HTTPAccessRecord.Ending) {
        phase = .finished
        client = nil
        let duration = worker.loop.now &- started
        worker.tally.countEnd(
            status: status,
            nanoseconds: duration,
            requestBytes: request.sentBytes,
            answerBytes: answerBytes
        )
        if ending != .answered { worker.tally.count { $0.count(ending) } }
        guard let summary, let log = worker.settings.configuration.accessLog else { return }
        log(
            HTTPAccessRecord(
                unixTime: UnixTime.now() - Double(duration) * 1e-9,
                client: summary.origin.peer,
                method: summary.method,
                target: summary.target,
                host: summary.host,
                version: summary.version,
                isSecure: summary.origin.isSecure,
                status: status,
                requestBytes: request.sentBytes,
                answerBytes: answerBytes,
                duration: .nanoseconds(Int64(clamping: duration)),
                firstByte: firstByte.map { .nanoseconds(Int64(clamping: $0 &- started)) },
                endpoint: placement?.pool.endpoint ?? lastEndpoint,
                attempts: attempts,
                ending: ending
            )
        )
    }
}

extension HTTPProxyCounters {
    /// Counts an ending other than an answer.
    mutating func count(_ ending: HTTPAccessRecord.Ending) {
        switch ending {
        case .rejected: rejected += 1
        case .unavailable: unavailable += 1
        case .upstreamFailed: upstreamFailed += 1
        case .timedOut: timedOut += 1
        case .clientGone: clientGone += 1
        case .upgraded: upgraded += 1
        default: break
        }
    }
}
