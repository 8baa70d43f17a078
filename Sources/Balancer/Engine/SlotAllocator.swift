// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Hands out places among the counters, the smallest first, and takes them back once nothing refers to them.
struct SlotAllocator: Sendable {
    /// A place and the endpoint's generation in it.
    struct Place {
        let slot: Int
        let load: LoadHandle
        let generation: UInt32
    }

    private let arena: LoadArena
    private var free: [Int] = []
    private var retired: [(slot: Int, load: LoadHandle)] = []
    /// One more than the largest slot ever handed out.
    private(set) var bound = 0

    init(arena: LoadArena) {
        self.arena = arena
    }

    mutating func allocate(at now: Timestamp) -> Place {
        while let slot = free.popLast() {
            let load = arena.handle(at: slot)
            if let generation = load.renew(at: now) {
                return Place(slot: slot, load: load, generation: generation)
            }
            retired.append((slot, load))
        }
        while true {
            let slot = bound
            bound += 1
            let load = arena.handle(at: slot)
            // A place that was never shown to anyone is always free.
            if let generation = load.renew(at: now) {
                return Place(slot: slot, load: load, generation: generation)
            }
        }
    }

    /// Takes a place out of use; it is free again when its last request has ended.
    mutating func retire(_ slot: Int, _ load: LoadHandle) {
        retired.append((slot, load))
    }

    mutating func reap() {
        guard !retired.isEmpty else { return }
        var waiting: [(slot: Int, load: LoadHandle)] = []
        for place in retired {
            if place.load.inFlight == 0 {
                free.append(place.slot)
            } else {
                waiting.append(place)
            }
        }
        retired = waiting
    }
}
