// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Runs blocking work on a thread of its own, so that disk and decompression never hold a thread of Swift's pool.
package enum OwnThread {
    /// The value of `body`, which runs on a new thread.
    ///
    /// The thread is a scope: this function returns when `body` has.
    package static func run<Value: Sendable>(_ body: sending @escaping () throws -> Value) async throws -> Value {
        let job = Job(body)
        return try await withCheckedThrowingContinuation { continuation in
            start(Work { continuation.resume(with: job.run()) }) { number in
                continuation.resume(throwing: SystemCall.error("pthread_create", "thread", number))
            }
        }
    }

    private static func start(_ work: Work, orElse fail: (Int32) -> Void) {
        let context = Unmanaged.passRetained(work)
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, { Work.run($0) }, context.toOpaque())
        guard result == 0 else {
            context.release()
            fail(result)
            return
        }
        pthread_detach(thread)
    }

    /// The work, which lets go of all it captured before anybody learns that it is done.
    private final class Job<Value> {
        private var body: (() throws -> Value)?

        init(_ body: @escaping () throws -> Value) {
            self.body = body
        }

        func run() -> Result<Value, any Error> {
            let result = Result { () throws -> Value in
                guard let body else { throw CancellationError() }
                return try body()
            }
            body = nil
            return result
        }
    }

    /// The closure on its way to the thread.
    private final class Work {
        private let body: () -> Void

        init(_ body: @escaping () -> Void) {
            self.body = body
        }

        static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            guard let context else { return nil }
            Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
            return nil
        }
    }
}
