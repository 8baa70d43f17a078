// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Hands out places among the counters, the smallest first, and takes them back once nothing refers to them.
struct SlotAllocator: Sendable {
    private let arena: LoadArena
    private var free: [Int] = []
    private var retired: [(slot: Int, load: LoadHandle)] = []
    /// One more than the largest slot ever handed out.
    private(set) var bound = 0

    init(arena: LoadArena) {
        self.arena = arena
    }

    mutating func allocate(at now: Timestamp) -> (slot: Int, load: LoadHandle, generation: UInt32) {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = bound
            bound += 1
        }
        let load = arena.handle(at: slot)
        return (slot, load, load.renew(at: now))
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
