// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CNghttp2

extension HTTP2Upstream {
    /// Sends a request, once the connection is there.
    func begin(_ stream: HTTP2UpstreamStream, _ placement: any Placement) {
        if case .open = phase { return submit(stream) }
        queued.append(stream)
        guard !isOpened else { return }
        isOpened = true
        connect(to: placement)
    }

    var offered: UpstreamProtocol { worker.settings.configuration.upstreamProtocol }

    func connected() {
        if transport.tls?.speaksHTTP2 != false { return begin() }
        guard offered == .negotiated else { return fail(.unreachable) }
        becomeHTTP1()
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

    private func begin() {
        pool.tally.count { $0.connected += 1 }
        let handle = HTTP2UpstreamCallbacks.makeSession(for: Unmanaged.passUnretained(self).toOpaque())
        let settings = [
            (NGHTTP2_SETTINGS_ENABLE_PUSH, 0),
            (NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, Self.streamWindow),
            (NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, worker.settings.limits.headBytes),
        ]
        guard frames.begin(handle, settings: settings) else { return fail(.unreachable) }
        nghttp2_session_set_local_window_size(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Self.connectionWindow)
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
