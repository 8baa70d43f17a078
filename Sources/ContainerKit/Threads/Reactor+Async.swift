// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization
internal import SystemPackage

extension Reactor {
    /// The one who waits, until somebody ends the wait: readiness or cancellation, whichever comes first.
    private final class Waiter: Sendable {
        private struct State {
            var continuation: CheckedContinuation<Void, any Error>?
            var token: Token?
            var isCancelled = false
        }

        private let state = Mutex(State())

        func begin(_ continuation: CheckedContinuation<Void, any Error>) -> Bool {
            state.withLock { state in
                if state.isCancelled { return false }
                state.continuation = continuation
                return true
            }
        }

        func registered(as token: Token, in reactor: Reactor) {
            let isLate = state.withLock { state in
                state.token = token
                return state.isCancelled
            }
            if isLate { reactor.cancel(token) }
        }

        func end(with result: Result<Void, any Error>) {
            let continuation = state.withLock { state in
                defer { state.continuation = nil }
                return state.continuation
            }
            continuation?.resume(with: result)
        }

        func cancel(in reactor: Reactor) {
            let token = state.withLock { state in
                state.isCancelled = true
                return state.token
            }
            if let token { reactor.cancel(token) }
            end(with: .failure(CancellationError()))
        }
    }

    /// Suspends until the descriptor is ready or its other end is gone.
    ///
    /// - Throws: `CancellationError` if the task is cancelled, or `Errno`.
    func ready(_ interest: Interest, _ descriptor: CInt) async throws {
        let waiter = Waiter()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard waiter.begin(continuation) else {
                    continuation.resume(throwing: CancellationError())
                    return
                }
                do {
                    let token = try wait(for: interest, of: descriptor) { waiter.end(with: .success(())) }
                    waiter.registered(as: token, in: self)
                } catch {
                    waiter.end(with: .failure(error))
                }
            }
        } onCancel: {
            waiter.cancel(in: self)
        }
    }
}
