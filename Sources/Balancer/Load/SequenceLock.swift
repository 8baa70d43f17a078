// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// Guards a few words that are read often and written rarely: readers never wait for a lock.
///
/// A writer makes the number odd while it writes; a reader whose number was odd or has changed reads again. A reader
/// that meets a writer 64 times in a row takes what it read: these words are estimates, and a pick must end.
struct SequenceLock: ~Copyable {
    private let sequence = Atomic<UInt32>(0)

    /// Reads consistent words.
    @inline(__always)
    func read<Value>(_ words: () -> Value) -> Value {
        var attempts = 0
        while true {
            let before = sequence.load(ordering: .acquiring)
            let value = words()
            atomicMemoryFence(ordering: .acquiring)
            attempts += 1
            if (before & 1 == 0 && sequence.load(ordering: .relaxed) == before) || attempts == 64 {
                return value
            }
        }
    }

    /// Changes the words while no other thread does.
    @inline(__always)
    func write(_ change: () -> Void) {
        var before = sequence.load(ordering: .relaxed)
        while true {
            if before & 1 == 1 {
                before = sequence.load(ordering: .relaxed)
                continue
            }
            let (exchanged, original) = sequence.weakCompareExchange(
                expected: before,
                desired: before &+ 1,
                successOrdering: .acquiring,
                failureOrdering: .relaxed
            )
            if exchanged { break }
            before = original
        }
        atomicMemoryFence(ordering: .releasing)
        change()
        sequence.store(before &+ 2, ordering: .releasing)
    }
}
