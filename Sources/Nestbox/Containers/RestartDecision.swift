// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Decides whether and when a program that has ended is started again; pure.
///
/// The pause doubles from 100 ms to a minute, and begins anew once the program has run for ten seconds, as Docker's does.
struct RestartDecision: Hashable, Sendable {
    static let firstPause = Duration.milliseconds(100)
    static let longestPause = Duration.seconds(60)
    /// How long a program must have run for its earlier failures to be forgotten.
    static let steadyTime = Duration.seconds(10)

    let policy: RestartPolicy
    private var pause = firstPause
    private var failures = 0

    init(_ policy: RestartPolicy) {
        self.policy = policy
    }

    /// Takes note of an end.
    ///
    /// - Parameters:
    ///   - code: The exit code as shells have it.
    ///   - time: How long the program ran.
    ///   - isWanted: Whether someone asked for the end.
    /// - Returns: How long to wait before the program is started again; `nil` if it is not.
    mutating func next(after code: Int, running time: Duration, isWanted: Bool) -> Duration? {
        if time >= Self.steadyTime {
            pause = Self.firstPause
            failures = 0
        }
        guard !isWanted else { return nil }
        switch policy.kind {
        case .no: return nil
        case .always, .unlessStopped: break
        case .onFailure(let most):
            guard code != 0 else { return nil }
            failures += 1
            if let most, failures > most { return nil }
        }
        defer { pause = min(pause * 2, Self.longestPause) }
        return pause
    }
}
