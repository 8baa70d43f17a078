// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation

/// How long the tests that gain from length go on: a little in every run, long with `NESTBOX_SOAK=1`.
enum Soak {
    static var isOn: Bool { ProcessInfo.processInfo.environment["NESTBOX_SOAK"] == "1" }

    /// How many points a process is killed at.
    static var crashPoints: Int { isOn ? 1000 : 60 }

    /// How many runs get an injected error, of each kind.
    static var faultRuns: Int { isOn ? 1000 : 40 }

    /// The points of a run that something may happen at.
    static var points: ClosedRange<Int> { 5...(isOn ? 1000 : 200) }

    /// How long several processes work on one store.
    static var time: Duration { isOn ? .seconds(60) : .seconds(3) }

    /// Runs `body` for each seed, a few at a time: they mostly wait for the disk.
    static func forEach(_ count: Int, _ body: @escaping @Sendable (UInt64) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 0..<UInt64(count) {
                if seed >= 6 { try await group.next() }
                group.addTask { try await body(seed) }
            }
            try await group.waitForAll()
        }
    }
}
