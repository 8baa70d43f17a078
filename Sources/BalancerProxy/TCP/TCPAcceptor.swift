// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Accepts clients from one listener on one thread.
///
/// Every thread watches the same listener; the kernel wakes one of them for a client.
final class TCPAcceptor<Connector: UpstreamConnector>: EventSource {
    /// How many clients are accepted before connections have their turn.
    private static var clientsPerTurn: Int { 64 }
    /// How long to wait when the process has no descriptor left: 50 ms.
    private static var shortage: UInt64 { 50_000_000 }

    private unowned let shard: TCPProxyShard<Connector>
    private let listener: TCPListener
    private let id: SourceID
    private var isWatching = false

    init(_ listener: TCPListener, shard: TCPProxyShard<Connector>) {
        self.listener = listener
        self.shard = shard
        id = shard.loop.reserve()
        shard.loop.install(self, as: id)
    }

    /// Begins to accept, or goes on.
    func start() {
        guard !isWatching else { return }
        do {
            try shard.loop.watch(listener.socket.number, [.readable, .exclusive], for: id, channel: 0)
            isWatching = true
        } catch {
            shard.loop.setDeadline(shard.loop.now + Self.shortage, for: id)
        }
    }

    /// Accepts no more for now.
    func pause() {
        guard isWatching else { return }
        shard.loop.unwatch(listener.socket.number)
        isWatching = false
    }

    /// Accepts no more.
    func stop() {
        pause()
        shard.loop.remove(id)
    }

    func ready(_ events: ReadyEvents, channel: UInt8) {
        for _ in 0..<Self.clientsPerTurn {
            guard shard.core.admit() else { return shard.pauseAccepting() }
            do {
                shard.place(try StreamSocket.accept(listener.socket.number))
            } catch {
                shard.core.leave()
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
            shard.loop.setDeadline(shard.loop.now + Self.shortage, for: id)
        default:
            // EAGAIN: no one waits. Others belong to a client that has gone already, accept(2).
            break
        }
    }
}
