// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One endpoint in the registry, with what is known of its state.
struct EndpointEntry<Address: Sendable>: Sendable {
    var record: EndpointRecord<Address>
    let joined: Timestamp
    /// When its slow start began; nil if it has none.
    var warmingSince: Timestamp?
    private(set) var health = EndpointHealth.healthy
    var isDraining = false
    var outlier = OutlierRecord()

    init(record: EndpointRecord<Address>, joined: Timestamp, isWarm: Bool) {
        self.record = record
        self.joined = joined
        warmingSince = isWarm ? nil : joined
    }

    /// Whether it may take new requests at all: neither on its way out nor switched off.
    var isOpen: Bool { !isDraining && record.endpoint.weight > 0 }

    /// Whether it should be left out as long as others suffice.
    var isImpaired: Bool { outlier.isEjected || health == .unhealthy }

    /// Takes in what a health check says; an endpoint that recovers starts slowly.
    mutating func setHealth(_ health: EndpointHealth, at now: Timestamp) {
        if self.health == .unhealthy, health != .unhealthy {
            warmingSince = now
        }
        self.health = health
    }

    func member(at now: Timestamp, slowStart: SlowStart?) -> Member {
        let endpoint = record.endpoint
        let ramp = warmingSince.flatMap { since in slowStart?.ramp(age: now.elapsed(since: since)) } ?? 1
        return Member(
            id: endpoint.id,
            slot: record.slot,
            load: record.load,
            configuredWeight: endpoint.weight,
            weight: Double(endpoint.weight) * ramp,
            ramp: ramp,
            priority: max(0, endpoint.priority),
            locality: endpoint.locality,
            labels: endpoint.labels,
            joined: joined,
            health: health,
            isImpaired: isImpaired
        )
    }
}
