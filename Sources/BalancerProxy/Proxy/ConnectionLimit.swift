// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Counts a proxy's clients, and lets no more in than may be.
final class ConnectionLimit: Sendable {
    private let most: Int
    private let active = Atomic<Int>(0)
    /// Threads that stopped accepting because the limit is reached.
    private let paused = Atomic<Int>(0)

    init(_ most: Int) {
        self.most = most
    }

    var count: Int { active.load(ordering: .relaxed) }

    /// Counts one more client, unless there are as many as may be.
    func admit() -> Bool {
        if active.add(1, ordering: .acquiringAndReleasing).newValue <= most { return true }
        active.subtract(1, ordering: .acquiringAndReleasing)
        return false
    }

    /// Counts one client less.
    ///
    /// - Returns: Whether threads wait for that and should accept again.
    func leave() -> Bool {
        active.subtract(1, ordering: .acquiringAndReleasing)
        return takePaused()
    }

    /// Notes that a thread has stopped accepting.
    ///
    /// - Returns: Whether a client left just before, so that threads should accept again.
    func notePaused() -> Bool {
        paused.add(1, ordering: .acquiringAndReleasing)
        return active.load(ordering: .acquiring) < most && takePaused()
    }

    private func takePaused() -> Bool {
        paused.load(ordering: .acquiring) > 0 && paused.exchange(0, ordering: .acquiringAndReleasing) > 0
    }
}
