// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints of a balancer: which there are, in what state, and where their counters lie.
///
/// A plain value: a batch of events is applied to a copy, which replaces the original only if every event was valid.
struct EndpointRegistry<Address: Sendable>: Sendable {
    let arena: LoadArena
    private(set) var entries: [EndpointEntry<Address>] = []
    private var positions: [String: Int] = [:]
    private var slots: SlotAllocator
    /// Whether this is the set that the balancer begins with, which needs no slow start.
    private var isNew = true

    init(arena: LoadArena) {
        self.arena = arena
        slots = SlotAllocator(arena: arena)
    }

    /// One more than the largest slot in use.
    var slotBound: Int { slots.bound }

    /// Called when the first set is complete.
    mutating func finishSetUp() { isNew = false }

    /// Changes one entry in place.
    @discardableResult
    mutating func update<Result>(_ position: Int, _ change: (inout EndpointEntry<Address>) -> Result) -> Result {
        change(&entries[position])
    }

    func record(of id: String) -> EndpointRecord<Address>? {
        positions[id].map { entries[$0].record }
    }

    mutating func apply(_ event: EndpointEvent<Address>, at now: Timestamp) throws(BalancerError) {
        switch event {
        case .add(let endpoint):
            add(endpoint, at: now)
        case .remove(let id):
            remove(at: [try position(of: id)])
        case .replaceAll(let endpoints):
            try replaceAll(endpoints, at: now)
        case .setWeight(let id, let weight):
            let position = try position(of: id)
            var endpoint = entries[position].record.endpoint
            endpoint.weight = weight
            describe(position, as: endpoint)
        case .setHealth(let id, let health):
            entries[try position(of: id)].setHealth(health, at: now)
        case .setDraining(let id, let isDraining):
            entries[try position(of: id)].isDraining = isDraining
        }
    }

    /// Frees the places of endpoints that left and whose last request has ended since.
    mutating func reap() {
        slots.reap()
    }

    private mutating func add(_ endpoint: Endpoint<Address>, at now: Timestamp) {
        if let position = positions[endpoint.id] {
            describe(position, as: endpoint)
            return
        }
        let place = slots.allocate(at: now)
        let record = EndpointRecord(
            endpoint: endpoint,
            slot: place.slot,
            load: place.load,
            generation: place.generation,
            arena: arena
        )
        positions[endpoint.id] = entries.count
        entries.append(EndpointEntry(record: record, joined: now, isWarm: isNew))
    }

    private mutating func replaceAll(_ endpoints: [Endpoint<Address>], at now: Timestamp) throws(BalancerError) {
        var names = Set<String>(minimumCapacity: endpoints.count)
        for endpoint in endpoints where !names.insert(endpoint.id).inserted {
            throw BalancerError(
                code: .duplicateEndpoint,
                message: "the set names the endpoint '\(endpoint.id)' more than once"
            )
        }
        remove(at: entries.indices.filter { !names.contains(entries[$0].record.endpoint.id) })
        for endpoint in endpoints {
            add(endpoint, at: now)
        }
        order(as: endpoints)
    }

    /// Puts the entries in the order in which the set was given.
    private mutating func order(as endpoints: [Endpoint<Address>]) {
        entries = endpoints.compactMap { endpoint in positions[endpoint.id].map { entries[$0] } }
        for (position, endpoint) in endpoints.enumerated() {
            positions[endpoint.id] = position
        }
    }

    private mutating func remove(at leaving: [Int]) {
        guard !leaving.isEmpty else { return }
        for position in leaving {
            let record = entries[position].record
            positions[record.endpoint.id] = nil
            slots.retire(record.slot, record.load)
        }
        let gone = Set(leaving)
        var kept: [EndpointEntry<Address>] = []
        kept.reserveCapacity(entries.count - gone.count)
        for (position, entry) in entries.enumerated() where !gone.contains(position) {
            positions[entry.record.endpoint.id] = kept.count
            kept.append(entry)
        }
        entries = kept
    }

    private mutating func describe(_ position: Int, as endpoint: Endpoint<Address>) {
        let old = entries[position].record
        entries[position].record = EndpointRecord(
            endpoint: endpoint,
            slot: old.slot,
            load: old.load,
            generation: old.generation,
            arena: arena
        )
    }

    private func position(of id: String) throws(BalancerError) -> Int {
        guard let position = positions[id] else {
            throw BalancerError(code: .unknownEndpoint, message: "there is no endpoint named '\(id)'")
        }
        return position
    }
}
