// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One endpoint of a balancer with its place among the counters; made anew if the endpoint's description changes.
final class EndpointRecord<Address: Sendable>: Sendable {
    let endpoint: Endpoint<Address>
    let slot: Int
    let load: LoadHandle
    let generation: UInt32
    /// Keeps the counters alive for as long as a pick refers to them.
    let arena: LoadArena

    init(endpoint: Endpoint<Address>, slot: Int, load: LoadHandle, generation: UInt32, arena: LoadArena) {
        self.endpoint = endpoint
        self.slot = slot
        self.load = load
        self.generation = generation
        self.arena = arena
    }
}
