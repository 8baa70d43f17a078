// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Dispatch
import Synchronization

/// What a reader needs to follow a file that is still being written.
///
/// The file is the buffer between a download and the unpacking of it: the writer never waits for the reader, and a
/// download that has to be resumed only touches the writer's side.
package final class GrowingFile: Sendable {
    private struct State {
        var length: Int64 = 0
        var ended = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let changed = DispatchSemaphore(value: 0)

    package init() {}

    /// Says that the file has `length` bytes now.
    package func grow(to length: Int64) {
        state.withLock { $0.length = length }
        changed.signal()
    }

    /// Says that nothing more comes; with an error, that what came is worth nothing.
    package func end(failure: (any Error)? = nil) {
        state.withLock { state in
            guard !state.ended else { return }
            state.ended = true
            state.failure = failure
        }
        changed.signal()
    }

    /// The file's length, once it is past `position` or final.
    func length(past position: Int64) throws -> Int64 {
        while true {
            let length: Int64? = try state.withLock { state in
                if let failure = state.failure { throw failure }
                return state.length > position || state.ended ? state.length : nil
            }
            if let length { return length }
            changed.wait()
        }
    }
}
