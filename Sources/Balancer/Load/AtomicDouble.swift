// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Synchronization

/// A number that threads share, by its bits.
struct AtomicDouble: ~Copyable {
    private let bits = Atomic<UInt64>(0)

    @inline(__always)
    func load() -> Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    @inline(__always)
    func store(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
}
