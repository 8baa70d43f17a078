// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Carries a task's cancellation to the threads that work for it.
final class CancellationFlag: Sendable {
    private let isSet = Atomic(false)

    /// Asks the threads to stop.
    func set() {
        isSet.store(true, ordering: .relaxed)
    }

    /// Throws `CancellationError` once the task is cancelled.
    func check() throws {
        if isSet.load(ordering: .relaxed) { throw CancellationError() }
    }

    /// Runs `body` with a flag that is set when the task is cancelled.
    static func with<Value>(_ body: (CancellationFlag) async throws -> Value) async rethrows -> Value {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await body(flag)
        } onCancel: {
            flag.set()
        }
    }
}
