// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// What a connection to an endpoint goes through before its first request.
protocol ConnectPhase: Equatable {
    /// The connector makes a socket.
    static var awaiting: Self { get }
    static var connecting: Self { get }
    /// TLS is agreed on.
    static var handshaking: Self { get }
}

/// A connection to an endpoint, of either version of HTTP, on its way to be there.
protocol ConnectingUpstream: SocketAwaiting {
    associatedtype Phase: ConnectPhase

    var worker: HTTPWorker { get }
    var id: SourceID { get }
    var transport: Transport { get set }
    var phase: Phase { get set }
    var readiness: Readiness { get set }
    /// What is offered to the endpoint in a TLS handshake.
    var offered: UpstreamProtocol { get }

    /// The socket is connected, and TLS agreed on where it is asked for.
    func connected()
    func fail(_ failure: AttemptFailure)
    func setDeadline(_ time: UInt64)
}

extension ConnectingUpstream {
    var loop: EventLoop { worker.loop }

    /// Begins to make the connection.
    func connect(to placement: any Placement) {
        loop.install(self, as: id)
        setDeadline(worker.settings.connect)
        do {
            if let answer = try placement.openSocket(for: id) { receive(answer, attempt: 0) }
        } catch {
            fail(.unreachable)
        }
    }

    func receive(_ answer: Answer, attempt: Int) {
        guard phase == .awaiting else { return answer.discard() }
        switch answer {
        case .failed: fail(.unreachable)
        case .connected(let descriptor): startConnecting(descriptor, to: nil)
        case .unconnected(let descriptor, let target): startConnecting(descriptor, to: target)
        }
    }

    private func startConnecting(_ descriptor: CInt, to target: StreamAddress?) {
        transport = Transport(descriptor: descriptor)
        phase = .connecting
        do {
            try StreamSocket.begin(descriptor, to: target)
            try loop.watch(descriptor, .stream, for: id, channel: 0)
        } catch {
            fail(error.number == ETIMEDOUT ? .connectTimeout : .unreachable)
        }
    }

    func connectDecided(_ events: ReadyEvents) {
        if !events.isDisjoint(with: [.failed, .hangUp]) {
            let number = StreamSocket.pendingError(transport.descriptor)
            return fail(number == ETIMEDOUT ? .connectTimeout : .unreachable)
        }
        guard events.contains(.writable) else { return }
        readiness.note(events)
        guard let tls = worker.settings.configuration.upstreamTLS else { return connected() }
        guard let session = tls.session(on: transport.descriptor, offering: offered) else { return fail(.unreachable) }
        transport = Transport(descriptor: transport.descriptor, tls: session)
        phase = .handshaking
        shakeHands()
    }

    func shakeHands() {
        switch transport.tls?.handshake() {
        case .done: connected()
        case .waiting: break
        case .failed, nil: fail(.unreachable)
        }
    }
}
