// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Up to four endpoints by slot, kept in place; a fifth takes the place of the first.
public struct SlotSet: Hashable, Sendable {
    @usableFromInline var slots: SIMD4<Int32> = SIMD4(repeating: -1)
    @usableFromInline var next: Int8 = 0

    /// Creates an empty set.
    @inlinable
    public init() {}

    /// Whether there is none.
    @inlinable
    public var isEmpty: Bool { slots[0] == -1 }

    /// Adds an endpoint.
    ///
    /// - Parameter slot: The endpoint's slot.
    public mutating func insert(_ slot: Int) {
        slots[Int(next)] = Int32(truncatingIfNeeded: slot)
        next = (next + 1) % 4
    }

    /// Whether an endpoint is in the set.
    ///
    /// - Parameter slot: The endpoint's slot.
    /// - Returns: Whether it was added and not displaced since.
    @inlinable
    public func contains(_ slot: Int) -> Bool {
        any(slots .== Int32(truncatingIfNeeded: slot))
    }
}
