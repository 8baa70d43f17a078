// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// A proxy's way from new to finished.
final class ProxyLife: Sendable {
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

    /// Runs what has this life, once, until every shard has finished.
    ///
    /// - Parameters:
    ///   - name: What it is, for the error.
    ///   - starting: Starts the shards.
    ///   - serving: What is done meanwhile.
    ///   - stopping: Ends the life early, when the task is cancelled.
    /// - Throws: ``ProxyError`` with code `alreadyStarted` at a second call.
    func run(
        _ name: String,
        starting: () -> Void,
        serving: () async -> Void = {},
        stopping: @Sendable () -> Void
    ) async throws(ProxyError) {
        guard begin(starting: starting) else {
            throw ProxyError(.alreadyStarted, "a \(name) runs only once, and this one was started before")
        }
        await withTaskCancellationHandler {
            await serving()
            await finished()
        } onCancel: {
            stopping()
        }
    }

    /// Makes the sockets that a connector takes its time for, until every shard has finished.
    func perform<Connector: UpstreamConnector>(
        _ requests: AsyncStream<ConnectRequest<Connector.Address>>,
        endedBy sink: AsyncStream<ConnectRequest<Connector.Address>>.Continuation,
        with connector: Connector
    ) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                await finished()
                sink.finish()
            }
            for await request in requests {
                group.addTask { await request.perform(connector) }
            }
            group.cancelAll()
        }
    }

    /// Starts the proxy, at the first call and unless it was stopped before.
    ///
    /// - Returns: False if it was started before.
    private func begin(starting: () -> Void) -> Bool {
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
    private func finished() async {
        await withCheckedContinuation { continuation in
            let isFinished = state.withLock { state in
                if state.shardsLeft > 0 { state.waiters.append(continuation) }
                return state.shardsLeft == 0
            }
            if isFinished { continuation.resume() }
        }
    }
}
