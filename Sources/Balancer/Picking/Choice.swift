// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a policy answers.
public enum Choice: Hashable, Sendable {
    /// Send the request to the endpoint in this slot, unless it has `limit` requests in flight by then.
    case endpoint(slot: Int, limit: Int)
    /// There is no endpoint to choose, for this reason.
    case none(Refusal)

    /// Send the request to the endpoint in this slot.
    @inlinable
    public static func endpoint(_ slot: Int) -> Choice { .endpoint(slot: slot, limit: .max) }

    /// The chosen slot, if any.
    @inlinable
    public var slot: Int? {
        if case .endpoint(let slot, _) = self { slot } else { nil }
    }
}
