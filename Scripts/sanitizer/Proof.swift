// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// What the thread sanitizer must say nothing about, and what it must find: run by Scripts/sanitize before any test, so
// that a silence of it means something.

import Synchronization

final class Counter: Sendable {
    private let guarded = Mutex([0])
    nonisolated(unsafe) private var unguarded = 0

    func count() { guarded.withLock { $0[0] += 1 } }
    func countCarelessly() { unguarded += 1 }
}

@main
struct Proof {
    static func main() async {
        let counter = Counter()
        let careless = CommandLine.arguments.contains("careless")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<20_000 { careless ? counter.countCarelessly() : counter.count() }
                }
            }
        }
    }
}
