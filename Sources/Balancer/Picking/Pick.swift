// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A request placed on an endpoint.
///
/// The request counts as in flight until it is handed to ``LoadBalancer/complete(_:_:latency:at:)``, which must happen
/// exactly once, on any thread.
///
/// A pick is a plain value: where to go and how to find the endpoint's counters again. It holds nothing alive, so that
/// threads that pick at once do not count references on the same objects. The endpoint as a whole is told by
/// ``Picker/endpoint(of:)``.
public struct Pick<Address: Sendable>: Sendable {
    /// How to reach the endpoint that was chosen.
    public let address: Address
    /// When the pick was made.
    public let started: Timestamp
    /// Leads into the arena of that number only.
    @usableFromInline let load: LoadHandle
    @usableFromInline let arena: UInt64
    @usableFromInline package let generation: UInt64
    /// The endpoint's slot, by which a retry can exclude it.
    public let slot: Int

    @inlinable
    init(address: Address, started: Timestamp, load: LoadHandle, arena: UInt64, generation: UInt32, slot: Int) {
        self.address = address
        self.started = started
        self.load = load
        self.arena = arena
        self.generation = UInt64(generation)
        self.slot = slot
    }
}
