// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Dispatch
import Glibc
import Synchronization

/// Threads for work that waits.
///
/// Dispatch's own threads are as few as the processors and are shared with the tasks of the whole program: two calls that
/// wait would stop everything on a machine with two of them. These come when they are needed and leave when they are not.
final class ThreadPool: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var threads = 0
        var busy = 0
    }

    private static let mostThreads = 64
    private static let patience = DispatchTimeInterval.seconds(5)

    private let state = Mutex(State())
    /// Counts the waiting work.
    private let signal = DispatchSemaphore(value: 0)

    /// Runs the work on one of the threads, soon.
    func run(_ work: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            state.waiting.append(work)
            guard state.threads - state.busy < state.waiting.count, state.threads < Self.mostThreads else {
                return false
            }
            state.threads += 1
            return true
        }
        signal.signal()
        if needsThread, !start() { serveInstead() }
    }

    private func start() -> Bool {
        var thread = pthread_t()
        let pool = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadPool>.fromOpaque(argument).takeRetainedValue().serve()
                return nil
            },
            pool.toOpaque()
        )
        guard result == 0 else {
            pool.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// The system has no thread left: if the pool has none either, the caller's must do.
    private func serveInstead() {
        let isAlone = state.withLock { state in
            state.threads -= 1
            return state.threads == 0
        }
        if isAlone, signal.wait(timeout: .now()) == .success { perform() }
    }

    private func serve() {
        while true {
            if signal.wait(timeout: .now() + Self.patience) == .success {
                perform()
            } else if leaves() {
                return
            }
        }
    }

    private func perform() {
        let work = state.withLock { state in
            state.busy += 1
            return state.waiting.removeFirst()
        }
        work()
        state.withLock { $0.busy -= 1 }
    }

    /// Whether a thread that has nothing to do may end; work that came this very moment keeps it.
    private func leaves() -> Bool {
        state.withLock { state in
            guard state.waiting.isEmpty else { return false }
            state.threads -= 1
            return true
        }
    }
}
