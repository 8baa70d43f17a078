// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One endpoint of a ``Snapshot``, as policies see it.
public struct Member: Sendable {
    /// The endpoint's name.
    public let id: String
    /// The number by which picks name the endpoint: small, stable while the endpoint is in the set, reused after.
    public let slot: Int
    /// Its counters.
    public let load: LoadHandle
    /// The weight as configured, never 0.
    public let configuredWeight: UInt32
    /// The weight that counts now: the configured one, lowered during slow start; above 0.
    public var weight: Double
    /// How far the endpoint is through its slow start: 1 when it is through, less before.
    public internal(set) var ramp: Double = 1
    /// Its level; 0 comes first.
    public let priority: Int
    /// Where it stands.
    public let locality: Locality
    /// Its labels.
    public let labels: [String: String]
    /// When it joined the set.
    public let joined: Timestamp
    /// What health checks say.
    public let health: EndpointHealth
    /// Whether outlier detection or health would keep it out, and only panic lets it in.
    public let isImpaired: Bool
}
