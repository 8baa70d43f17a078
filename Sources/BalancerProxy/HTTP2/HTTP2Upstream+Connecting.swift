// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CNghttp2
import Glibc

extension HTTP2Upstream {
    /// Sends a request, once the connection is there.
    func begin(_ stream: HTTP2UpstreamStream, _ placement: any Placement) {
        if case .open = phase { return submit(stream) }
        queued.append(stream)
        if !isOpened { open(placement) }
    }

    private func open(_ placement: any Placement) {
        isOpened = true
        loop.install(self, as: id)
        setDeadline(worker.settings.connect)
        do {
            if let answer = try placement.openSocket(for: id) { receive(answer, attempt: 0) }
        } catch {
            fail(.unreachable)
        }
    }

    func receive(_ answer: Answer, attempt: Int) {
        guard case .awaiting = phase else { return answer.discard() }
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
        note(events)
        let configuration = worker.settings.configuration
        guard let tls = configuration.upstreamTLS else { return connected() }
        guard let session = tls.session(on: transport.descriptor, offering: configuration.upstreamProtocol) else {
            return fail(.unreachable)
        }
        transport = Transport(descriptor: transport.descriptor, tls: session)
        phase = .handshaking
        shakeHands()
    }

    func shakeHands() {
        switch transport.tls?.handshake() {
        case .done:
            if transport.tls?.speaksHTTP2 == true { return connected() }
            guard worker.settings.configuration.upstreamProtocol == .negotiated else { return fail(.unreachable) }
            becomeHTTP1()
        case .waiting: break
        case .failed, nil: fail(.unreachable)
        }
    }

    /// Goes on in HTTP/1.1, with a connection for each request that waits.
    private func becomeHTTP1() {
        pool.speaksHTTP1Only = true
        pool.forget(self)
        let waiting = queued
        queued = []
        let exchanges = waiting.compactMap { $0.giveUp() }
        guard let first = exchanges.first else { return close() }
        pool.tally.count { $0.connected += 1 }
        phase = .closed
        deadline.set(nil, of: id, on: loop)
        let heir = HTTP1Upstream(transport, id: id, pool: pool, worker: worker)
        first.take(heir)
        heir.adopted(for: first)
        for exchange in exchanges.dropFirst() { exchange.beginAgain() }
    }

    private func connected() {
        pool.tally.count { $0.connected += 1 }
        session = HTTP2UpstreamCallbacks.makeSession(for: Unmanaged.passUnretained(self).toOpaque())
        guard let session else { return fail(.unreachable) }
        var settings = [
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
                value: UInt32(Self.streamWindow)
            ),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(worker.settings.limits.headBytes)
            ),
        ]
        let none = UInt8(NGHTTP2_FLAG_NONE.rawValue)
        nghttp2_submit_settings(session, none, &settings, settings.count)
        nghttp2_session_set_local_window_size(session, none, 0, Self.connectionWindow)
        phase = .open
        lastReceived = loop.now
        deadline.set(nil, of: id, on: loop)
        let waiting = queued
        queued = []
        for stream in waiting { submit(stream) }
        settle()
        turn()
    }
}
