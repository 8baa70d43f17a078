// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a pick needs of each endpoint, by slot; immutable and shared by all pickers.
@usableFromInline
final class TargetTable<Address: Sendable>: @unchecked Sendable {
    // Unchecked because of the pointers: what they lead to is written once, before anyone else sees the table.

    /// Where an endpoint's counters are, whose they are, and how to reach the endpoint: side by side, for one look.
    @usableFromInline
    struct Target {
        @usableFromInline let load: LoadHandle
        @usableFromInline let generation: UInt32
        @usableFromInline let address: Address
    }

    @usableFromInline let count: Int
    /// The endpoint in each slot, nil if there is none.
    @usableFromInline let targets: UnsafeMutablePointer<Target?>
    /// The endpoints themselves, for all but picks.
    private let descriptions: [EndpointDescription?]

    init(_ entries: [EndpointEntry], slotBound: Int) {
        count = slotBound
        targets = .allocate(capacity: max(1, slotBound))
        targets.initialize(repeating: nil, count: slotBound)
        var descriptions = [EndpointDescription?](repeating: nil, count: slotBound)
        for index in entries.indices {
            // Every description that a balancer takes in is a record of its own type of addresses.
            let record = unsafeDowncast(entries[index].description, to: EndpointRecord<Address>.self)
            let (slot, load, generation) = (entries[index].slot, entries[index].load, entries[index].generation)
            (targets + slot).initialize(to: Target(load: load, generation: generation, address: record.address))
            descriptions[slot] = record
        }
        self.descriptions = descriptions
    }

    /// The endpoint in a slot and its generation, if there is one.
    func endpoint(in slot: Int) -> (endpoint: Endpoint<Address>, target: Target)? {
        guard descriptions.indices.contains(slot), let target = targets[slot],
            let record = descriptions[slot] as? EndpointRecord<Address>
        else { return nil }
        return (record.endpoint, target)
    }

    deinit {
        targets.deinitialize(count: count)
        targets.deallocate()
    }
}
