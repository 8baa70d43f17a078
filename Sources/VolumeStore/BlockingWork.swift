// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Dispatch

/// Runs calls that wait for the disk or for locks on threads of their own, so that they never hold up the tasks of the
/// caller's program.
///
/// A call that was begun is finished: its effects are never half there because a task was cancelled.
enum BlockingWork {
    private static let queue = DispatchQueue(label: "VolumeStore", attributes: .concurrent)

    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(VolumeError) -> Value
    ) async throws(VolumeError) -> Value {
        // The thread is not the task's, so what the task carries is carried over.
        let injector = FaultPoint.injector
        let result: Result<Value, VolumeError> = await withCheckedContinuation { continuation in
            queue.async {
                guard let injector else { return continuation.resume(returning: Result(catching: body)) }
                let result = FaultPoint.$injector.withValue(injector) { Result(catching: body) }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }
}
