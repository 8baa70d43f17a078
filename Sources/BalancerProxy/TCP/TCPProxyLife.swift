// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// A proxy's way from new to finished.
final class TCPProxyLife: Sendable {
    private struct State {
        var isStarted = false
        var isStopped = false
        var shardsLeft: Int
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(shards: Int) {
        state = Mutex(State(shardsLeft: shards))
    }

    /// Starts the proxy, at the first call and unless it was stopped before.
    ///
    /// - Returns: False if it was started before.
    func begin(starting: () -> Void) -> Bool {
        state.withLock { state in
            guard !state.isStarted else { return false }
            state.isStarted = true
            if state.isStopped {
                state.shardsLeft = 0
            } else {
                starting()
            }
            return true
        }
    }

    /// Notes that the proxy is to stop.
    ///
    /// - Returns: Whether there are shards to be told.
    func stop() -> Bool {
        state.withLock { state in
            state.isStopped = true
            return state.isStarted && state.shardsLeft > 0
        }
    }

    /// Notes that a shard has no connection left and accepts none.
    func shardFinished() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.shardsLeft -= 1
            guard state.shardsLeft == 0 else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until every shard has finished.
    func finished() async {
        await withCheckedContinuation { continuation in
            let isFinished = state.withLock { state in
                if state.shardsLeft > 0 { state.waiters.append(continuation) }
                return state.shardsLeft == 0
            }
            if isFinished { continuation.resume() }
        }
    }
}
