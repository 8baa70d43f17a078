// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Carries a task's cancellation to the threads that work for it.
package final class CancellationFlag: Sendable {
    private let isSet = Atomic(false)

    package init() {}

    /// Asks the threads to stop.
    package func set() {
        isSet.store(true, ordering: .relaxed)
    }

    /// Throws `CancellationError` once the task is cancelled.
    package func check() throws {
        if isSet.load(ordering: .relaxed) { throw CancellationError() }
    }

    /// Runs `body` with a flag that is set when the task is cancelled.
    package static func with<Value>(_ body: (CancellationFlag) async throws -> Value) async rethrows -> Value {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await body(flag)
        } onCancel: {
            flag.set()
        }
    }
}
