// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Synchronization

/// A number that threads share, by its bits.
@usableFromInline
struct AtomicDouble: ~Copyable {
    @usableFromInline let bits = Atomic<UInt64>(0)

    @inlinable
    @inline(__always)
    func load() -> Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    @inlinable
    @inline(__always)
    func store(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
}
