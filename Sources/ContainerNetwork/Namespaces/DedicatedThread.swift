// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Runs something on a thread of its own, which ends with it.
///
/// A thread that has changed its namespaces is of no use to others, so it is made for one purpose and let go.
enum DedicatedThread {
    /// Runs `body` on a new thread and gives back its result.
    ///
    /// - Throws: What `body` throws, or ``NetworkError`` if the system gives no thread.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try start { continuation.resume(with: Swift.Result { try body() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Runs `body` on a new thread, and does not wait for it.
    ///
    /// - Throws: ``NetworkError`` if the system gives no thread.
    static func start(_ body: @escaping @Sendable () -> Void) throws(NetworkError) {
        pthread_detach(try make(body))
    }

    /// Runs `body` on a new thread, in the calling one's namespaces, and waits for it.
    ///
    /// - Throws: ``NetworkError`` if the system gives no thread.
    static func runAndWait(_ body: @escaping @Sendable () -> Void) throws(NetworkError) {
        pthread_join(try make(body), nil)
    }

    private static func make(_ body: @escaping @Sendable () -> Void) throws(NetworkError) -> pthread_t {
        let start = Unmanaged.passRetained(Errand(body))
        var thread = pthread_t()
        let number = pthread_create(&thread, nil, dedicatedThreadMain, start.toOpaque())
        guard number == 0 else {
            start.release()
            throw SystemCallError(call: "pthread_create", number: number).asNetworkError(
                "a thread could not be started"
            )
        }
        return thread
    }

    fileprivate final class Errand: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}

private func dedicatedThreadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    Unmanaged<DedicatedThread.Errand>.fromOpaque(argument).takeRetainedValue().body()
    return nil
}
