// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Maglev's look-up table: the endpoint of each place.
struct MaglevTable: Sendable {
    /// An endpoint while the table is filled: a permutation of all places, and how far it was followed.
    private struct Claimant {
        let slot: Int32
        let weight: Double
        let skip: Int
        var place: Int
        var target = 0.0
    }

    let slots: FlatTable<Int32>

    init(hosts: [HashedHost], size: Int) {
        guard !hosts.isEmpty else {
            slots = FlatTable([])
            return
        }
        var claimants = hosts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { host in
            Claimant(
                slot: Int32(host.slot),
                weight: host.share,
                skip: Int(XXHash64.hash(host.key, seed: 1) % UInt64(max(1, size - 1))) + 1,
                place: Int(XXHash64.hash(host.key) % UInt64(size))
            )
        }
        slots = FlatTable(Self.fill(size, by: &claimants, heaviest: hosts.reduce(0) { max($0, $1.share) }))
    }

    /// Lets the endpoints claim places in turn, each in as many rounds as its weight says.
    private static func fill(_ size: Int, by claimants: inout [Claimant], heaviest: Double) -> [Int32] {
        var slots = [Int32](repeating: -1, count: size)
        var claimed = 0
        var round = 1.0
        while claimed < size {
            for index in claimants.indices where claimed < size {
                if round * claimants[index].weight < claimants[index].target { continue }
                claimants[index].target += heaviest
                let skip = claimants[index].skip
                var place = claimants[index].place
                while slots[place] >= 0 {
                    place += skip
                    if place >= size { place -= size }
                }
                slots[place] = claimants[index].slot
                place += skip
                claimants[index].place = place >= size ? place - size : place
                claimed += 1
            }
            round += 1
        }
        return slots
    }
}
