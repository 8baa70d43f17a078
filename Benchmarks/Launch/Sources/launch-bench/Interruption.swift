// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization

/// A wish to stop early (Ctrl-C, SIGTERM), granted between turns, so that everything made is removed.
enum Interruption {
    private static let isWished = Atomic<Bool>(false)

    /// Takes the signals from now on.
    ///
    /// The programs that are started still die of them: only ignoring is inherited.
    static func watch() {
        isWished.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in Interruption.isWished.store(true, ordering: .relaxed) }
        }
    }

    /// Throws if the benchmark is to stop.
    ///
    /// - Throws: ``BenchError``.
    static func check() throws {
        if isWished.load(ordering: .relaxed) { throw BenchError("Interrupted.") }
    }
}
