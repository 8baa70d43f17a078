// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Dispatch
import Synchronization

/// The directories that wait to be copied, and whoever waits for one.
final class CopyWork: Sendable {
    private struct State {
        var waiting: [DirectoryPair] = []
        /// Those that wait or are being copied.
        var unfinished = 0
        var error: VolumeError?
    }

    /// Each waiting directory holds two descriptors.
    private static let mostWaiting = 16

    private let workers: Int
    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    init(workers: Int) {
        self.workers = workers
    }

    /// What went wrong first.
    var error: VolumeError? { state.withLock { $0.error } }

    /// Whether another directory should be left to others.
    var isHungry: Bool { workers > 1 && state.withLock { $0.waiting.count < Self.mostWaiting } }

    func add(_ directory: DirectoryPair) {
        state.withLock { state in
            state.waiting.append(directory)
            state.unfinished += 1
        }
        signal.signal()
    }

    /// The next directory; nil when all is done.
    func next() -> DirectoryPair? {
        signal.wait()
        return state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
    }

    /// Counts a directory as done, well or not.
    func finish(_ error: VolumeError?) {
        let isEnd = state.withLock { state in
            state.error = state.error ?? error
            state.unfinished -= 1
            return state.unfinished == 0
        }
        if isEnd { for _ in 0..<workers { signal.signal() } }
    }
}
