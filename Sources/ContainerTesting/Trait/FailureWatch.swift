// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Synchronization
internal import Testing

/// Notices whether a test fails: what `#expect` finds is recorded, not thrown.
final class FailureWatch: Sendable {
    private let failed = Mutex(false)

    /// Whether it has failed.
    var hasFailed: Bool { failed.withLock { $0 } }

    /// Takes note of a failure.
    func note() {
        failed.withLock { $0 = true }
    }

    /// Runs tests and takes note of their failures.
    func watch(
        _ test: Test,
        _ testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        #if compiler(>=6.3)
        let handler = IssueHandlingTrait.compactMapIssues { issue in
            if issue.isFailure { self.note() }
            return issue
        }
        try await handler.provideScope(for: test, testCase: testCase, performing: function)
        #else
        // Older versions of Swift Testing do not tell.
        try await function()
        #endif
    }
}

extension ContainerTrait {
    /// Attaches what a container wrote to the test that runs, if it is to be.
    func attach(_ recorder: ContainerOutput, hasFailed: Bool, at location: SourceLocation) {
        #if compiler(>=6.3)
        guard attaching == .always || (attaching == .onFailure && hasFailed) else { return }
        let text = recorder.text
        Attachment.record(text, named: "\(key ?? "container").log", sourceLocation: location)
        #endif
    }
}
