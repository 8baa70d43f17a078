// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The sources of an event loop by slot, each with the generation of its present holder.
struct SourceTable {
    private var sources: [(any EventSource)?] = []
    private var generations: [UInt32] = []
    private var free: [Int] = []

    /// Takes a slot for a source to come.
    mutating func reserve() -> SourceID {
        if let slot = free.popLast() {
            return SourceID(slot: slot, generation: generations[slot])
        }
        sources.append(nil)
        generations.append(0)
        return SourceID(slot: sources.count - 1, generation: 0)
    }

    /// Frees a slot; its next holder has another generation.
    mutating func remove(_ id: SourceID) {
        guard generations[id.slot] == id.generation else { return }
        sources[id.slot] = nil
        generations[id.slot] &+= 1
        free.append(id.slot)
    }

    subscript(id: SourceID) -> (any EventSource)? {
        get { generations[id.slot] == id.generation ? sources[id.slot] : nil }
        set {
            guard generations[id.slot] == id.generation else { return }
            sources[id.slot] = newValue
        }
    }

    /// The source that an event's token names; nil if it is gone.
    func find(token: UInt64) -> (any EventSource)? {
        let slot = Int(token >> 32)
        guard slot < sources.count, UInt64(generations[slot] & SourceID.generationMask) == token >> 8 & 0xFF_FFFF else {
            return nil
        }
        return sources[slot]
    }

    /// The present source of a slot.
    func find(slot: Int) -> (any EventSource)? { sources[slot] }

    /// Every source.
    var all: [any EventSource] { sources.compactMap(\.self) }
}
