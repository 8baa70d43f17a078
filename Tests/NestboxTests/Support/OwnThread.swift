// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc

/// Runs what blocks on a thread of its own: the tasks that it waits for need those of the pool.
enum OwnThread {
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let errand = Unmanaged.passRetained(Errand { continuation.resume(with: Result { try body() }) })
            var thread = pthread_t()
            let result = pthread_create(
                &thread,
                nil,
                { argument in
                    if let argument { Unmanaged<Errand>.fromOpaque(argument).takeRetainedValue().body() }
                    return nil
                },
                errand.toOpaque()
            )
            precondition(result == 0, "no thread could be made")
            pthread_detach(thread)
        }
    }

    private final class Errand: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
