// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Foundation

/// How long the tests that gain from length go on: a little in every run, long with `NESTBOX_SOAK=1`, of which
/// `NESTBOX_SOAK_PART=2/4` does the second quarter.
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

    /// The seeds of this part of the whole.
    private static func seeds(_ count: Int) -> Range<UInt64> {
        let text = ProcessInfo.processInfo.environment["NESTBOX_SOAK_PART"] ?? "1/1"
        let part = text.split(separator: "/").compactMap { Int($0) }
        guard isOn, part.count == 2, part[1] > 0, (1...part[1]).contains(part[0]) else { return 0..<UInt64(count) }
        return UInt64(count * (part[0] - 1) / part[1])..<UInt64(count * part[0] / part[1])
    }

    /// Runs `body` for each seed, a few at a time: they mostly wait for the disk.
    static func forEach(_ count: Int, _ body: @escaping @Sendable (UInt64) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, seed) in seeds(count).enumerated() {
                if index >= 6 { try await group.next() }
                group.addTask { try await body(seed) }
            }
            try await group.waitForAll()
        }
    }
}
