// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization

/// A thread's part of a proxy whose clients connect: it accepts them, and shares them with the other threads.
protocol AcceptingShard: AcceptorHost, SendableMetatype {
    /// How many clients the proxy may have.
    var limit: ConnectionLimit { get }
    /// The parts of all threads.
    var directory: ShardDirectory<Self> { get }
    /// Which of them this is.
    var index: Int { get }
    var acceptors: [Acceptor] { get }

    /// Takes note that a client was accepted here.
    func countAccepted()

    /// Serves a client that is counted already.
    func serve(_ client: AcceptedClient)
}

extension AcceptingShard {
    func admit() -> Bool { limit.admit() }

    func leave() { directory.leave(limit) }

    /// Accepts, at first or again after a pause.
    func resumeAccepting() {
        for acceptor in acceptors { acceptor.start() }
    }

    func pauseAccepting() {
        for acceptor in acceptors { acceptor.pause() }
        // A client that left just before lets all go on at once.
        if limit.notePaused() { directory.onEvery { $0.resumeAccepting() } }
    }

    /// Gives a new client to the thread with the fewest, mostly this one.
    func place(_ client: AcceptedClient) {
        countAccepted()
        guard let other = directory.lessBusy(than: index) else {
            loop.port.load.add(1, ordering: .relaxed)
            return serve(client)
        }
        let port = directory.ports[other]
        port.load.add(1, ordering: .relaxed)
        directory.on(
            other,
            { $0.serve(client) },
            otherwise: { [directory, limit] in
                _ = close(client.descriptor)
                port.load.subtract(1, ordering: .relaxed)
                directory.leave(limit)
            }
        )
    }
}

extension ShardDirectory where Shard: AcceptingShard {
    /// Counts one client less, and lets threads that wait for that accept again.
    fileprivate func leave(_ limit: ConnectionLimit) {
        if limit.leave() { onEvery { $0.resumeAccepting() } }
    }
}
