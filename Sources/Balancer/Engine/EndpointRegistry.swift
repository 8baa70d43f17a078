// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The endpoints of a balancer: which there are, in what state, and where their counters lie.
///
/// A change of one endpoint costs what moving a few words for each of the others costs, and no look-up of their names.
struct EndpointRegistry: Sendable {
    let arena: LoadArena
    /// In the order of the set.
    private(set) var entries: [EndpointEntry] = []
    /// The slot of each name.
    private var places: [String: Int] = [:]
    /// Where among the entries each slot's is; of no meaning for slots that are not in use.
    private var positions: [Int] = []
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
    mutating func update<Result>(_ position: Int, _ change: (inout EndpointEntry) -> Result) -> Result {
        change(&entries[position])
    }

    func entry(of id: String) -> EndpointEntry? {
        places[id].map { entries[positions[$0]] }
    }

    func contains(_ id: String) -> Bool { places[id] != nil }

    func position(ofSlot slot: Int) -> Int? {
        guard positions.indices.contains(slot), entries.indices.contains(positions[slot]) else { return nil }
        let position = positions[slot]
        return entries[position].slot == slot ? position : nil
    }

    /// Applies one event; if it is invalid nothing has changed.
    mutating func apply(_ event: RegistryEvent, at now: Timestamp) throws(BalancerError) {
        switch event {
        case .add(let endpoint):
            add(endpoint, at: now)
        case .remove(let id):
            remove(at: try position(of: id))
        case .replaceAll(let endpoints):
            try replaceAll(endpoints, at: now)
        case .setWeight(let id, let weight):
            let position = try position(of: id)
            entries[position].describe(as: entries[position].description.reweighted(weight))
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

    private mutating func add(_ endpoint: EndpointDescription, at now: Timestamp) {
        if let slot = places[endpoint.id] {
            entries[positions[slot]].describe(as: endpoint)
            return
        }
        let entry = makeEntry(endpoint, at: now)
        positions[entry.slot] = entries.count
        entries.append(entry)
    }

    /// Gives a newcomer its place.
    private mutating func makeEntry(_ endpoint: EndpointDescription, at now: Timestamp) -> EndpointEntry {
        let place = slots.allocate(at: now)
        places[endpoint.id] = place.slot
        while positions.count <= place.slot { positions.append(0) }
        return EndpointEntry(endpoint, at: place, joined: now, isWarm: isNew)
    }

    private mutating func remove(at position: Int) {
        retire(entries[position])
        entries.remove(at: position)
        for later in position..<entries.count {
            positions[entries[later].slot] = later
        }
    }

    private mutating func retire(_ entry: EndpointEntry) {
        places[entry.description.id] = nil
        slots.retire(entry.slot, entry.load)
    }

    private mutating func replaceAll(_ endpoints: [EndpointDescription], at now: Timestamp) throws(BalancerError) {
        let known = try knownSlots(of: endpoints)
        var stays = [Bool](repeating: false, count: slotBound)
        for case let slot? in known { stays[slot] = true }
        for position in entries.indices where !stays[entries[position].slot] { retire(entries[position]) }
        var replaced: [EndpointEntry] = []
        replaced.reserveCapacity(endpoints.count)
        for (index, endpoint) in endpoints.enumerated() {
            if let slot = known[index] {
                var entry = entries[positions[slot]]
                entry.describe(as: endpoint)
                replaced.append(entry)
            } else {
                replaced.append(makeEntry(endpoint, at: now))
            }
        }
        entries = replaced
        for position in entries.indices {
            positions[entries[position].slot] = position
        }
    }

    /// The slots of those endpoints whose names are known.
    ///
    /// - Throws: ``BalancerError`` if a name comes twice.
    private func knownSlots(of endpoints: [EndpointDescription]) throws(BalancerError) -> [Int?] {
        var slots: [Int?] = []
        slots.reserveCapacity(endpoints.count)
        var seen = [Bool](repeating: false, count: slotBound)
        var newcomers = Set<String>()
        var expected = 0
        for index in endpoints.indices {
            let id = endpoints[index].id
            let slot = self.slot(of: id, expectedAt: &expected)
            let isFirst: Bool
            if let slot {
                isFirst = !seen[slot]
                seen[slot] = true
            } else {
                isFirst = newcomers.insert(id).inserted
            }
            guard isFirst else { throw .duplicate(id) }
            slots.append(slot)
        }
        return slots
    }

    /// The slot of a name.
    ///
    /// A set that is given again mostly has its names one after the other as before, even if some came or went: the one
    /// that is expected is compared first, and only if it is another the name is hashed.
    private func slot(of id: String, expectedAt expected: inout Int) -> Int? {
        if expected < entries.count, entries[expected].description.id == id {
            expected += 1
            return entries[expected - 1].slot
        }
        guard let slot = places[id] else { return nil }
        expected = positions[slot] + 1
        return slot
    }

    private func position(of id: String) throws(BalancerError) -> Int {
        guard let slot = places[id] else { throw .unknown(id) }
        return positions[slot]
    }
}
