// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The answer to a request for a place.
public enum Decision<Address: Sendable>: Sendable {
    /// The request goes here.
    case pick(Pick<Address>)
    /// No endpoint can take it.
    case refused(Refusal)

    /// The pick, if there is one.
    @inlinable
    public var pick: Pick<Address>? {
        if case .pick(let pick) = self { pick } else { nil }
    }
}
