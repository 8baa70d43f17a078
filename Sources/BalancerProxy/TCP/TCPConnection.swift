// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Glibc
import Synchronization

/// A client's connection, from accept to close: an endpoint is picked and connected to, then bytes go both ways.
final class TCPConnection<Connector: UpstreamConnector>: SocketAwaiting {
    typealias Address = Connector.Address

    private enum Phase {
        /// The client's PROXY header is awaited.
        case greeting
        /// There is no endpoint; it is asked again soon.
        case holding(until: UInt64)
        /// The connector makes a socket.
        case awaiting
        /// The socket connects.
        case connecting(CInt)
        case relaying
        case closed
    }

    private static var clientChannel: UInt8 { 0 }
    private static var upstreamChannel: UInt8 { 1 }
    /// How often a client without an endpoint asks again: 20 ms.
    private static var holdStep: UInt64 { 20_000_000 }

    unowned let shard: TCPProxyShard<Connector>
    private let id: SourceID
    private let client: CInt
    /// Where the client comes from.
    private var peer: StreamAddress?
    private var phase: Phase
    private var relay: Relay?
    /// Who made the pick, and is told what came of it.
    private var balancer: LoadBalancer<Address>
    private var pick: Pick<Address>?
    private var tally: EndpointTally?
    private var context: PickContext
    private var attempt = 0
    private var lastActivity: UInt64
    private var response = ResponseTime()

    init(client: AcceptedClient, shard: TCPProxyShard<Connector>) {
        self.client = client.descriptor
        peer = client.peer
        self.shard = shard
        id = shard.loop.reserve()
        lastActivity = shard.loop.now
        phase = .holding(until: shard.loop.now + shard.core.configuration.endpointWait.clampedNanoseconds)
        balancer = shard.balancer
        context = PickContext(now: balancer.time.now())
    }

    private var loop: EventLoop { shard.loop }
    private var core: TCPProxyCore<Connector> { shard.core }

    /// The name of the endpoint that the client is, or is being, connected to.
    private(set) var endpoint: String?

    /// The bytes that are kept in memory until a side takes them.
    var bufferedBytes: Int { relay?.buffered ?? 0 }

    // MARK: An endpoint

    /// Starts on the way to an endpoint.
    func begin() {
        loop.install(self, as: id)
        if core.configuration.requiresProxyHeader { awaitHeader() } else { seek() }
    }

    private func awaitHeader() {
        phase = .greeting
        loop.setDeadline(loop.now + core.configuration.connectTimeout.clampedNanoseconds, for: id)
        do {
            try loop.watch(client, .stream, for: id, channel: Self.clientChannel)
        } catch {
            close(.clientFailed)
        }
    }

    /// Takes the header and nothing behind it.
    private func readHeader() {
        let transport = Transport(descriptor: client)
        guard case .bytes(let count) = transport.peek(into: loop.scratch) else { return }
        switch ProxyHeader.read(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count])) {
        case .needsMore: break
        case .malformed: close(.clientFailed)
        case .header(let header, let length):
            if let source = header.source { peer = source }
            transport.skip(length, through: loop.scratch)
            phase = .holding(until: loop.now + core.configuration.endpointWait.clampedNanoseconds)
            seek()
        }
    }

    /// What the endpoint is told of the client first, if it is to be told.
    private func preloadHeader(_ relay: inout Relay) {
        guard let version = core.configuration.sendsProxyHeader else { return }
        let header = ProxyHeader(source: peer, destination: try? StreamSocket.localAddress(client))
        var bytes = ByteQueue()
        header.write(version, to: &bytes)
        relay.preload(fromClient: bytes.bytes, fromUpstream: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    private func seek() {
        if balancer !== shard.balancer {
            // Another balancer numbers its endpoints for itself.
            balancer = shard.balancer
            context.excluded = SlotSet()
        }
        switch shard.picker.decide(context) {
        case .pick(let pick): reach(pick)
        case .refused: hold()
        }
    }

    /// Waits for an endpoint, if the client may wait and has not failed on one.
    private func hold() {
        guard case .holding(let end) = phase, loop.now < end else { return close(.refused) }
        loop.setDeadline(min(end, loop.now + Self.holdStep), for: id)
    }

    private func reach(_ pick: Pick<Address>) {
        guard let chosen = shard.picker.endpoint(of: pick) else {
            balancer.complete(pick, .cancelled)
            return hold()
        }
        self.pick = pick
        endpoint = chosen.id
        tally = shard.tally(of: chosen.id)
        attempt += 1
        loop.setDeadline(loop.now + core.configuration.connectTimeout.clampedNanoseconds, for: id)
        do {
            if let socket = try core.connector.socket(for: pick.address) {
                connect(Answer(socket))
            } else {
                phase = .awaiting
                core.requestSink.yield(
                    ConnectRequest(address: pick.address, connection: id, attempt: attempt, port: loop.port)
                )
            }
        } catch {
            attemptFailed(.connectionError)
        }
    }

    func receive(_ answer: Answer, attempt: Int) {
        guard case .awaiting = phase, attempt == self.attempt else { return answer.discard() }
        connect(answer)
    }

    private func connect(_ answer: Answer) {
        switch answer {
        case .failed:
            attemptFailed(.connectionError)
        case .connected(let upstream):
            startConnecting(upstream, to: nil)
        case .unconnected(let upstream, let target):
            startConnecting(upstream, to: target)
        }
    }

    /// Connects and watches the socket, whose first event says how it went.
    private func startConnecting(_ upstream: CInt, to target: StreamAddress?) {
        phase = .connecting(upstream)
        do {
            try StreamSocket.begin(upstream, to: target)
            try loop.watch(upstream, .stream, for: id, channel: Self.upstreamChannel)
        } catch {
            attemptFailed(error.number == ETIMEDOUT ? .timeout : .connectionError)
        }
    }

    private func attemptFailed(_ outcome: Outcome) {
        if case .connecting(let upstream) = phase { _ = Glibc.close(upstream) }
        phase = .holding(until: 0)
        core.failedConnects.add(1, ordering: .relaxed)
        tally?.failed.add(1, ordering: .relaxed)
        guard let failed = pick else { return close(.refused) }
        pick = nil
        endpoint = nil
        balancer.complete(failed, outcome)
        context.excluded.insert(failed.slot)
        context.attempt += 1
        guard attempt < core.configuration.maxConnectAttempts else { return close(.refused) }
        context.now = balancer.time.now()
        seek()
    }

    // MARK: Events

    func ready(_ events: ReadyEvents, channel: UInt8) {
        switch phase {
        case .connecting(let upstream):
            connectDecided(upstream, events)
        case .relaying:
            if channel == Self.clientChannel { relay?.noteClient(events) } else { relay?.noteUpstream(events) }
            turn()
        case .greeting:
            if events.isDisjoint(with: [.hangUp, .failed]) { readHeader() } else { close(.clientFailed) }
        case .holding, .awaiting, .closed:
            break
        }
    }

    func resume() {
        if case .relaying = phase { turn() }
    }

    private func connectDecided(_ upstream: CInt, _ events: ReadyEvents) {
        if !events.isDisjoint(with: [.failed, .hangUp]) {
            let number = StreamSocket.pendingError(upstream)
            return attemptFailed(number == ETIMEDOUT ? .timeout : .connectionError)
        }
        guard events.contains(.writable) else { return }
        startRelaying(upstream, events)
    }

    private func startRelaying(_ upstream: CInt, _ events: ReadyEvents) {
        phase = .relaying
        tally?.connected.add(1, ordering: .relaxed)
        tally?.active.add(1, ordering: .relaxed)
        response.begin(at: loop.now)
        lastActivity = loop.now
        loop.setDeadline(core.configuration.idleTimeout.map { loop.now + $0.clampedNanoseconds }, for: id)
        var relay = Relay(client: Transport(descriptor: client), upstream: Transport(descriptor: upstream))
        relay.noteUpstream(events)
        preloadHeader(&relay)
        if core.configuration.requiresProxyHeader {
            // Its events may have come while the header was awaited.
            relay.noteClient([.readable, .writable])
            self.relay = consume relay
            return turn()
        }
        self.relay = consume relay
        do {
            try loop.watch(client, .stream, for: id, channel: Self.clientChannel)
        } catch {
            close(.clientFailed)
        }
    }

    /// Moves bytes until a side has to be waited for.
    private func turn() {
        guard let progress = relay?.pump(through: loop.scratch) else { return }
        count()
        switch progress {
        case .waiting: lastActivity = loop.now
        case .more: loop.callAgain(id)
        case .finished: close(.finished)
        case .clientFailed: close(.clientFailed)
        case .upstreamFailed: close(.upstreamFailed)
        }
    }

    private func count() {
        guard let moved = relay?.takeBytes() else { return }
        if moved.toUpstream > 0 {
            tally?.sent.add(UInt64(moved.toUpstream), ordering: .relaxed)
            response.noteRequest(at: loop.now)
        }
        if moved.toClient > 0 {
            tally?.received.add(UInt64(moved.toClient), ordering: .relaxed)
            response.noteAnswer(at: loop.now)
        }
    }

    func deadlinePassed() {
        switch phase {
        case .greeting:
            close(.clientFailed)
        case .holding:
            context.now = balancer.time.now()
            seek()
        case .awaiting, .connecting:
            attemptFailed(.timeout)
        case .relaying:
            idleCheck()
        case .closed:
            break
        }
    }

    /// Activity only moves a stamp; when the deadline of long ago passes, the stamp says how long is left.
    private func idleCheck() {
        guard let limit = core.configuration.idleTimeout?.clampedNanoseconds else { return }
        guard loop.now - lastActivity < limit else {
            core.idleClosed.add(1, ordering: .relaxed)
            return close(.idle)
        }
        loop.setDeadline(lastActivity + limit, for: id)
    }

    // MARK: The end

    /// Ends the connection and tells the balancer.
    func close(_ reason: CloseReason) {
        if case .closed = phase { return }
        settle(reason)
        if reason.breaksStreams {
            core.broken.add(1, ordering: .relaxed)
            StreamSocket.resetOnClose(client)
        }
        if case .connecting(let upstream) = phase { _ = Glibc.close(upstream) }
        if case .relaying = phase { closeUpstream(reason) }
        if case .refused = reason { turnAway() }
        phase = .closed
        _ = Glibc.close(client)
        loop.remove(id)
        shard.connectionEnded()
    }

    private func settle(_ reason: CloseReason) {
        guard let pick else { return }
        if case .relaying = phase { tally?.active.subtract(1, ordering: .relaxed) }
        if case .upstreamFailed = reason { tally?.failed.add(1, ordering: .relaxed) }
        balancer.complete(pick, reason.outcome, latency: response.latency)
        self.pick = nil
        endpoint = nil
    }

    private func closeUpstream(_ reason: CloseReason) {
        guard let upstream = relay?.upstream else { return }
        if reason.breaksStreams { upstream.breakOff() }
        upstream.close()
        relay = nil
    }

    /// Ends the client's stream in order: what it has sent is read first, for a close with unread bytes is a reset.
    private func turnAway() {
        core.refused.add(1, ordering: .relaxed)
        shutdown(client, CInt(SHUT_WR))
        while recv(client, loop.scratch.baseAddress, loop.scratch.count, CInt(MSG_DONTWAIT)) > 0 {}
    }
}
