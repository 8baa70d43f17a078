// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Why no endpoint was chosen.
public struct Refusal: Hashable, Sendable, CustomStringConvertible {
    @usableFromInline let raw: UInt8

    @inlinable
    init(raw: UInt8) {
        self.raw = raw
    }

    /// The set holds no endpoint.
    @inlinable public static var noEndpoints: Refusal { Refusal(raw: 0) }
    /// There are endpoints, but all drain, are unhealthy or ejected, or have weight 0.
    @inlinable public static var noneEligible: Refusal { Refusal(raw: 1) }
    /// Each endpoint that could take the request has as many in flight as its limit allows.
    @inlinable public static var overloaded: Refusal { Refusal(raw: 2) }
    /// The request failed on every endpoint already.
    @inlinable public static var allExcluded: Refusal { Refusal(raw: 3) }
    /// The policy waits for answers to probes (Prequal's synchronous mode).
    @inlinable public static var awaitingProbes: Refusal { Refusal(raw: 4) }

    /// A sentence for people.
    public var description: String {
        switch self {
        case .noEndpoints: "there are no endpoints"
        case .noneEligible: "no endpoint is ready for requests"
        case .overloaded: "every endpoint has as many requests in flight as its limit allows"
        case .allExcluded: "the request failed on every endpoint"
        case .awaitingProbes: "the answers to probes are not here yet"
        default: "no endpoint was chosen"
        }
    }
}
