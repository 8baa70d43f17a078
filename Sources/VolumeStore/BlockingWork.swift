// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Runs calls that wait for the disk, for locks or for plugins on threads of their own, so that they never hold up the
/// tasks of the caller's program.
///
/// A call that was begun is finished: its effects are never half there because a task was cancelled.
enum BlockingWork {
    private static let threads = ThreadPool()

    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(VolumeError) -> Value
    ) async throws(VolumeError) -> Value {
        // The thread is not the task's, so what the task carries is carried over.
        let injector = FaultPoint.injector
        let result: Result<Value, VolumeError> = await withCheckedContinuation { continuation in
            threads.run {
                guard let injector else { return continuation.resume(returning: Result(catching: body)) }
                let result = FaultPoint.$injector.withValue(injector) { Result(catching: body) }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }
}
