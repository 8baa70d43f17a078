// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One endpoint in the registry, with what is known of its state.
struct EndpointEntry<Address: Sendable>: Sendable {
    var record: EndpointRecord<Address>
    let joined: Timestamp
    var health = EndpointHealth.healthy
    var isDraining = false
    var isEjected = false

    /// Whether it may take new requests at all: neither on its way out nor switched off.
    var isOpen: Bool { !isDraining && record.endpoint.weight > 0 }

    /// Whether it should be left out as long as others suffice.
    var isImpaired: Bool { isEjected || health == .unhealthy }

    func member() -> Member {
        let endpoint = record.endpoint
        return Member(
            id: endpoint.id,
            slot: record.slot,
            load: record.load,
            configuredWeight: endpoint.weight,
            weight: Double(endpoint.weight),
            priority: max(0, endpoint.priority),
            locality: endpoint.locality,
            labels: endpoint.labels,
            joined: joined,
            health: health,
            isImpaired: isImpaired
        )
    }
}
