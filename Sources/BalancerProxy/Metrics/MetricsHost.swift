// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A metrics server's part on its thread: accepts clients and answers them.
final class MetricsHost: AcceptorHost {
    private static let mostClients = 64

    let listener: TCPListener
    let loop: EventLoop
    /// Makes what clients are answered.
    let text: @Sendable () -> String
    /// Memory for the fields of a request; free to use within a call, never across calls.
    let fields = FieldList(capacity: 64)
    private let life: ProxyLife
    private let id: SourceID
    private var acceptor: Acceptor?
    private var clients = 0

    init(_ listener: TCPListener, loop: EventLoop, text: @escaping @Sendable () -> String, life: ProxyLife) {
        self.listener = listener
        self.loop = loop
        self.text = text
        self.life = life
        id = loop.reserve()
        loop.install(self, as: id)
    }

    func start() {
        acceptor = Acceptor(listener, index: 0, host: self)
        acceptor?.start()
    }

    func admit() -> Bool {
        guard clients < Self.mostClients else { return false }
        clients += 1
        return true
    }

    func leave() {
        clients -= 1
        acceptor?.start()
    }

    func place(_ client: AcceptedClient) {
        MetricsClient(client.descriptor, host: self).begin()
    }

    func pauseAccepting() {
        acceptor?.pause()
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {}

    /// Accepts no more, and breaks off what is under way.
    func stop() {
        acceptor?.stop()
        acceptor = nil
        for case let client as MetricsClient in loop.allSources where client.host === self { client.close() }
        loop.remove(id)
        life.shardFinished()
    }
}
