// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// What an acceptor gives its clients to: one thread's part of a proxy.
protocol AcceptorHost: EventSource {
    var loop: EventLoop { get }

    /// Counts one more client, unless there are as many as may be.
    func admit() -> Bool

    /// Counts one client less.
    func leave()

    /// Takes a client.
    func place(_ client: AcceptedClient)

    /// Accepts no more until a client has left.
    func pauseAccepting()
}

/// Accepts clients from one listener on one thread.
///
/// Every thread watches the same listener; the kernel wakes one of them for a client.
final class Acceptor: EventSource {
    /// How many clients are accepted before connections have their turn.
    private static var clientsPerTurn: Int { 64 }
    /// How many waiting clients are taken at the end.
    private static var mostWaiting: Int { 4096 }
    /// How long to wait when the process has no descriptor left: 50 ms.
    private static var shortage: UInt64 { 50_000_000 }

    private unowned let host: any AcceptorHost
    private let listener: TCPListener
    /// Which of the proxy's listeners it is.
    private let index: Int
    private let id: SourceID
    private var isWatching = false

    init(_ listener: TCPListener, index: Int, host: any AcceptorHost) {
        self.listener = listener
        self.index = index
        self.host = host
        id = host.loop.reserve()
        host.loop.install(self, as: id)
    }

    /// Begins to accept, or goes on.
    func start() {
        guard !isWatching else { return }
        do {
            try host.loop.watch(listener.socket.number, [.readable, .exclusive], for: id, channel: 0)
            isWatching = true
        } catch {
            host.loop.setDeadline(host.loop.now + Self.shortage, for: id)
        }
    }

    /// Accepts no more for now.
    func pause() {
        guard isWatching else { return }
        host.loop.unwatch(listener.socket.number)
        isWatching = false
    }

    /// Accepts no more.
    func stop() {
        pause()
        host.loop.remove(id)
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {
        accept(atMost: Self.clientsPerTurn)
    }

    /// Takes the clients that have connected already, before no more are accepted.
    func acceptWaiting() {
        if isWatching { accept(atMost: Self.mostWaiting) }
    }

    private func accept(atMost count: Int) {
        for _ in 0..<count {
            guard host.admit() else { return host.pauseAccepting() }
            do {
                let (descriptor, peer) = try StreamSocket.accept(listener.socket.number)
                host.place(AcceptedClient(descriptor: descriptor, peer: peer, listener: index))
            } catch {
                host.leave()
                return acceptFailed(error)
            }
        }
    }

    func deadlinePassed() {
        start()
    }

    private func acceptFailed(_ error: SystemCallError) {
        switch error.number {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            pause()
            host.loop.setDeadline(host.loop.now + Self.shortage, for: id)
        default:
            // EAGAIN: no one waits. Others belong to a client that has gone already, accept(2).
            break
        }
    }
}
