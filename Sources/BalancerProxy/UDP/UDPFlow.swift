// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer
import Glibc
import Synchronization

/// One client's datagrams: an endpoint is picked at the first, and the others follow it until nothing comes for a while.
final class UDPFlow<Connector: DatagramConnector>: EventSource {
    typealias Address = Connector.Address

    /// How often a client without an endpoint asks again: 20 ms.
    private static var holdStep: UInt64 { 20_000_000 }
    /// How many datagrams are kept while there is no endpoint.
    private static var mostHeld: Int { 8 }
    /// How many answers are taken before others have their turn.
    private static var answersPerTurn: Int { 64 }

    private unowned let receiver: DatagramReceiver<Connector>
    private let origin: DatagramOrigin
    private let id: SourceID
    /// The socket towards the endpoint; -1 while there is none.
    private var upstream: CInt = -1
    /// Datagrams that no endpoint has got yet.
    private var held: [[UInt8]] = []
    /// Datagrams that an endpoint was sent first, until something else says that it is there.
    private var unconfirmed: [[UInt8]] = []
    /// The bytes of both that count against what all clients may have kept.
    private var keptBytes = 0
    /// Until when an endpoint is waited for.
    private var holdEnd: UInt64
    private var isHolding = false
    /// Who made the pick, and is told what came of it.
    private var balancer: LoadBalancer<Address>
    private var pick: Pick<Address>?
    private var tally: EndpointTally?
    private var context: PickContext
    private var attempt = 0
    private var answers = 0
    private var lastActivity: UInt64
    private var response = ResponseTime()
    private var hasEnded = false

    init(_ origin: DatagramOrigin, receiver: DatagramReceiver<Connector>) {
        self.origin = origin
        self.receiver = receiver
        let shard = receiver.shard
        id = shard.loop.reserve()
        lastActivity = shard.loop.now
        holdEnd = shard.loop.now + shard.core.configuration.endpointWait.clampedNanoseconds
        balancer = shard.balancer
        context = PickContext(now: balancer.time.now())
    }

    private var shard: UDPProxyShard<Connector> { receiver.shard }
    private var loop: EventLoop { receiver.shard.loop }
    private var core: UDPProxyCore<Connector> { receiver.shard.core }

    /// The name of the endpoint that the client has.
    private(set) var endpoint: String?

    /// Whether nothing has passed for so many nanoseconds.
    func isQuiet(for time: UInt64) -> Bool { loop.now >= lastActivity + time }

    // MARK: From the client

    /// Starts with a client's first datagram.
    func begin(with bytes: UnsafeRawBufferPointer) {
        loop.install(self, as: id)
        loop.setDeadline(lastActivity + patience, for: id)
        forward(bytes)
    }

    /// Passes a datagram on.
    func forward(_ bytes: UnsafeRawBufferPointer) {
        lastActivity = loop.now
        if upstream >= 0 {
            switch send(bytes) {
            case .taken: return confirm()
            case .lost: return core.drop()
            case .refused: endpointFailed()
            }
        } else if held.isEmpty {
            startAnew()
        }
        hold(bytes)
        if !isHolding { seek() }
    }

    private func hold(_ bytes: UnsafeRawBufferPointer) {
        guard held.count < Self.mostHeld else { return core.drop() }
        held.append(Array(bytes))
        if isHolding, !mayKeep() {
            held.removeLast()
            core.drop()
        }
    }

    /// Whether what is held and unconfirmed may be kept, beside what other clients have.
    private func mayKeep() -> Bool {
        let bytes = held.reduce(0) { $0 + $1.count } + unconfirmed.reduce(0) { $0 + $1.count }
        guard core.keep(bytes - keptBytes) else { return false }
        keptBytes = bytes
        return true
    }

    /// Keeps nothing any more of what the endpoint was sent first.
    private func confirm() {
        guard !unconfirmed.isEmpty else { return }
        unconfirmed = []
        _ = mayKeep()
    }

    /// Sends what is held.
    private func flush() {
        while let next = held.first, upstream >= 0 {
            switch next.withUnsafeBytes(send) {
            case .taken:
                unconfirmed.append(held.removeFirst())
            case .lost:
                core.drop()
                held.removeFirst()
            case .refused:
                endpointFailed()
                return seek()
            }
        }
        if !mayKeep() { confirm() }
    }

    private enum Sent {
        case taken
        /// There is no room, or it is too large for the way.
        case lost
        /// No one listens, or the endpoint can't be reached.
        case refused
    }

    private func send(_ bytes: UnsafeRawBufferPointer) -> Sent {
        while true {
            let count = Glibc.send(upstream, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            if count >= 0 {
                tally?.sent.add(UInt64(count), ordering: .relaxed)
                response.noteRequest(at: loop.now)
                return .taken
            }
            switch errno {
            case EINTR: continue
            case EAGAIN, ENOBUFS, EMSGSIZE, ENOMEM, EPERM: return .lost
            default: return .refused
            }
        }
    }

    // MARK: An endpoint

    /// Forgets where the client was refused before: that was another datagram.
    private func startAnew() {
        attempt = 0
        context.excluded = SlotSet()
        context.attempt = 0
        holdEnd = loop.now + core.configuration.endpointWait.clampedNanoseconds
    }

    private func seek() {
        isHolding = false
        if balancer !== shard.balancer {
            // Another balancer numbers its endpoints for itself.
            balancer = shard.balancer
            context.excluded = SlotSet()
        }
        guard attempt < core.configuration.maxAttempts else { return waitForEndpoint() }
        context.now = balancer.time.now()
        switch shard.picker.decide(context) {
        case .pick(let pick): reach(pick)
        case .refused: waitForEndpoint()
        }
    }

    /// Waits for an endpoint, if the client may wait.
    private func waitForEndpoint() {
        guard loop.now < holdEnd, mayKeep() else { return giveUp() }
        if !isHolding { core.waiting.add(1, ordering: .relaxed) }
        isHolding = true
        loop.setDeadline(min(holdEnd, loop.now + Self.holdStep), for: id)
    }

    private func reach(_ pick: Pick<Address>) {
        guard let chosen = shard.picker.endpoint(of: pick) else {
            balancer.complete(pick, .cancelled)
            return waitForEndpoint()
        }
        self.pick = pick
        endpoint = chosen.id
        shard.noteUse(of: chosen.id)
        tally = core.tallies.tally(of: chosen.id)
        attempt += 1
        response = ResponseTime()
        response.begin(at: loop.now)
        do {
            try open(core.connector.socket(for: pick.address))
        } catch {
            endpointFailed()
            return seek()
        }
        tally?.connected.add(1, ordering: .relaxed)
        tally?.active.add(1, ordering: .relaxed)
        loop.setDeadline(lastActivity + patience, for: id)
        flush()
    }

    private func open(_ socket: consuming UpstreamSocket) throws(SystemCallError) {
        let target = socket.target
        let descriptor = OwnedDescriptor(socket.release())
        if let target {
            let result = target.withKernelAddress { connect(descriptor.number, $0, $1) }
            guard result == 0 else { throw SystemCallError.last("connect") }
        }
        try loop.watch(descriptor.number, [.readable, .edgeTriggered], for: id, channel: 0)
        upstream = descriptor.release()
    }

    /// Lets go of an endpoint that does not take datagrams; another may get those that it refused.
    private func endpointFailed() {
        held = unconfirmed + held
        unconfirmed = []
        core.failedEndpoints.add(1, ordering: .relaxed)
        tally?.failed.add(1, ordering: .relaxed)
        if let failed = pick {
            context.excluded.insert(failed.slot)
            context.attempt += 1
        }
        letGo(.connectionError)
    }

    /// Drops what could be sent nowhere; the client may ask again.
    private func giveUp() {
        core.drop(held.count)
        held = []
        end(.refused)
    }

    private func letGo(_ outcome: Outcome) {
        if upstream >= 0 {
            _ = Glibc.close(upstream)
            upstream = -1
            tally?.active.subtract(1, ordering: .relaxed)
        }
        if let pick { balancer.complete(pick, outcome, latency: response.latency) }
        pick = nil
        endpoint = nil
    }

    // MARK: From the endpoint

    func ready(_ events: ReadyEvents, channel: UInt8) {
        receive()
    }

    func resume() {
        receive()
    }

    private func receive() {
        let scratch = loop.scratch
        for _ in 0..<Self.answersPerTurn {
            guard upstream >= 0 else { return }
            switch DatagramSocket.receive(upstream, into: scratch) {
            case .datagram(let count): answer(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            case .empty: return
            case .failed: return refused()
            }
        }
        if upstream >= 0 { loop.callAgain(id) }
    }

    private func answer(_ bytes: UnsafeRawBufferPointer) {
        lastActivity = loop.now
        confirm()
        if attempt > 0 { startAnew() }
        answers += 1
        tally?.received.add(UInt64(bytes.count), ordering: .relaxed)
        response.noteAnswer(at: loop.now)
        receiver.answer(bytes, to: origin)
        if let most = core.configuration.answersPerFlow, answers >= most { end(.finished) }
    }

    /// The kernel says that no one listens, or that the way to the endpoint is gone.
    private func refused() {
        endpointFailed()
        if !held.isEmpty { seek() }
    }

    // MARK: The end

    func deadlinePassed() {
        if isHolding {
            core.waiting.subtract(1, ordering: .relaxed)
            // Those that refused may listen by now.
            let end = holdEnd
            startAnew()
            holdEnd = end
            return seek()
        }
        let due = lastActivity + patience
        if due <= loop.now { end(.idle) } else { loop.setDeadline(due, for: id) }
    }

    /// After how long without a datagram the client is forgotten.
    private var patience: UInt64 {
        let configuration = core.configuration
        return (answers > 0 ? configuration.idleTimeout : configuration.answerTimeout).clampedNanoseconds
    }

    /// Forgets the client and tells the balancer.
    func end(_ reason: CloseReason) {
        guard !hasEnded else { return }
        hasEnded = true
        if isHolding { core.waiting.subtract(1, ordering: .relaxed) }
        letGo(reason.outcome)
        held = []
        unconfirmed = []
        _ = mayKeep()
        loop.remove(id)
        receiver.forget(origin)
    }
}
