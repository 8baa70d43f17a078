// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a policy has worked out for one set of endpoints; immutable and shared by all threads.
public protocol PolicyPlan: Sendable {
    /// Makes the part that changes with each pick, for one event loop.
    ///
    /// - Parameters:
    ///   - seed: Where the picker's random choices start.
    ///   - previous: The picker of the plan before, so that a cursor need not start over.
    /// - Returns: A picker that no other thread holds.
    func makePicker(seed: UInt64, replacing previous: (any PolicyPicker)?) -> any PolicyPicker
}
