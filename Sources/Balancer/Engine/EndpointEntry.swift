// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One endpoint in the registry, with what is known of its state.
struct EndpointEntry: Sendable {
    private(set) var description: EndpointDescription
    /// Copies of what the description says, so that a look at all entries need not follow each one's.
    private(set) var weight: UInt32
    private(set) var priority: Int
    /// Its place among the counters.
    let slot: Int
    let load: LoadHandle
    let generation: UInt32
    let joined: Timestamp
    /// When its slow start began; nil if it has none.
    var warmingSince: Timestamp?
    private(set) var health = EndpointHealth.healthy
    var isDraining = false
    var outlier = OutlierRecord()

    init(_ description: EndpointDescription, at place: SlotAllocator.Place, joined: Timestamp, isWarm: Bool) {
        self.description = description
        weight = description.weight
        priority = description.priority
        slot = place.slot
        load = place.load
        generation = place.generation
        self.joined = joined
        warmingSince = isWarm ? nil : joined
    }

    /// Replaces what is said of the endpoint; its counters and history stay.
    mutating func describe(as description: EndpointDescription) {
        self.description = description
        weight = description.weight
        priority = description.priority
    }

    /// Whether it may take new requests at all: neither on its way out nor switched off.
    var isOpen: Bool { !isDraining && weight > 0 }

    /// Whether it should be left out as long as others suffice.
    var isImpaired: Bool { outlier.isEjected || health == .unhealthy }

    /// Takes in what a health check says; an endpoint that recovers starts slowly.
    mutating func setHealth(_ health: EndpointHealth, at now: Timestamp) {
        if self.health == .unhealthy, health != .unhealthy {
            warmingSince = now
        }
        self.health = health
    }

    /// How far it is through its slow start.
    func ramp(at now: Timestamp, slowStart: SlowStart?) -> Double {
        guard let slowStart, let warmingSince else { return 1 }
        return slowStart.ramp(age: now.elapsed(since: warmingSince))
    }
}
