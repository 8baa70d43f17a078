// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One endpoint of a ``Snapshot``, as policies see it.
public struct Member: Sendable {
    private let description: EndpointDescription
    /// The number by which picks name the endpoint: small, stable while the endpoint is in the set, reused after.
    public let slot: Int
    /// Its counters.
    public let load: LoadHandle
    /// The weight that counts now: the configured one, lowered during slow start; above 0.
    public var weight: Double
    /// How far the endpoint is through its slow start: 1 when it is through, less before.
    public internal(set) var ramp: Double
    /// When it joined the set.
    public let joined: Timestamp
    /// What health checks say.
    public let health: EndpointHealth
    /// Whether outlier detection or health would keep it out, and only panic lets it in.
    public let isImpaired: Bool

    init(_ entry: borrowing EndpointEntry, ramp: Double) {
        description = entry.description
        slot = entry.slot
        load = entry.load
        weight = Double(entry.weight) * ramp
        self.ramp = ramp
        joined = entry.joined
        health = entry.health
        isImpaired = entry.isImpaired
    }

    /// The endpoint's name.
    public var id: String { description.id }

    /// The weight as configured, never 0.
    public var configuredWeight: UInt32 { description.weight }

    /// Its level; 0 comes first.
    public var priority: Int { max(0, description.priority) }

    /// Where it stands.
    public var locality: Locality { description.locality }

    /// Its labels.
    public var labels: [String: String] { description.labels }
}
