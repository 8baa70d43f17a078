// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Up to four endpoints by slot, kept in place; a fifth takes the place of the first.
public struct SlotSet: Hashable, Sendable {
    private var slots: SIMD4<Int32> = SIMD4(repeating: -1)
    private var next: Int8 = 0

    /// Creates an empty set.
    public init() {}

    /// Whether there is none.
    public var isEmpty: Bool { next == 0 && slots[0] == -1 }

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
    public func contains(_ slot: Int) -> Bool {
        any(slots .== Int32(truncatingIfNeeded: slot))
    }
}
