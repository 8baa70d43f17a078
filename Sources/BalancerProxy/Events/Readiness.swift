// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a connection's socket was ready for when that was heard of last; events are told once, on a change.
struct Readiness {
    var isReadable = false
    var isWritable = false
    /// The peer sends no more after what it has sent.
    var isFinishing = false

    /// Takes note of events; on a broken socket a read or a write says what is the matter.
    mutating func note(_ events: ReadyEvents) {
        if !events.isDisjoint(with: [.readable, .peerFinished, .hangUp, .failed]) { isReadable = true }
        if !events.isDisjoint(with: [.writable, .hangUp, .failed]) { isWritable = true }
        if !events.isDisjoint(with: [.peerFinished, .hangUp, .failed]) { isFinishing = true }
    }

    /// Takes note that a read gave all that there was; the end of the stream is still to be read.
    mutating func wasEmptied() {
        isReadable = isFinishing
    }
}
