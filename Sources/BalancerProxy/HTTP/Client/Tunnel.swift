// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Two connections that HTTP has left: after an upgrade, bytes go both ways as they are.
final class Tunnel: EventSource {
    private static let clientChannel: UInt8 = 0
    private static let upstreamChannel: UInt8 = 1

    let worker: HTTPWorker
    private let id: SourceID
    private var relay: Relay?
    private var deadline = LazyDeadline()
    private let ended: () -> Void

    init(client: Transport, upstream: Transport, worker: HTTPWorker, ended: @escaping () -> Void) {
        self.worker = worker
        self.ended = ended
        id = worker.loop.reserve()
        relay = Relay(client: client, upstream: upstream)
    }

    /// Begins, with what either side has sent already.
    func begin(fromClient: UnsafeRawBufferPointer, fromUpstream: UnsafeRawBufferPointer) {
        guard let client = relay?.client, let upstream = relay?.upstream else { return }
        worker.loop.install(self, as: id)
        relay?.preload(fromClient: fromClient, fromUpstream: fromUpstream)
        do {
            try worker.loop.watch(client.descriptor, .stream, for: id, channel: Self.clientChannel)
            try worker.loop.watch(upstream.descriptor, .stream, for: id, channel: Self.upstreamChannel)
            setDeadline()
        } catch {
            close(breaking: true)
        }
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {
        if channel == Self.clientChannel { relay?.noteClient(events) } else { relay?.noteUpstream(events) }
        turn()
    }

    func resume() {
        turn()
    }

    private func turn() {
        guard let progress = relay?.pump(through: worker.loop.scratch) else { return }
        switch progress {
        case .waiting: setDeadline()
        case .more: worker.loop.callAgain(id)
        case .finished: close(breaking: false)
        case .clientFailed, .upstreamFailed: close(breaking: true)
        }
    }

    private func setDeadline() {
        deadline.set(worker.loop.now + worker.settings.tunnelIdle, of: id, on: worker.loop)
    }

    func deadlinePassed() {
        if deadline.passed(id, on: worker.loop) { close(breaking: false) }
    }

    /// Ends both connections.
    func close(breaking: Bool) {
        guard let client = relay?.client, let upstream = relay?.upstream else { return }
        relay = nil
        worker.loop.remove(id)
        for side in [client, upstream] {
            if breaking { side.breakOff() }
            side.close()
        }
        ended()
        worker.connectionEnded()
    }
}
