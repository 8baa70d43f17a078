// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// An endpoint as consistent hashing sees it.
struct HashedHost: Sendable {
    /// What is hashed.
    let key: String
    let slot: Int
    /// The share of the sum of all weights.
    let share: Double
    /// The weight as configured.
    let weight: UInt32
}

extension Snapshot {
    /// The endpoints with their keys and shares, by configured weight: a ramp would move keys twice.
    func hashedHosts() -> [HashedHost] {
        let total = members.reduce(0.0) { $0 + Double($1.configuredWeight) }
        return members.map { member in
            HashedHost(
                key: member.labels["hash_key"] ?? member.id,
                slot: member.slot,
                share: Double(member.configuredWeight) / total,
                weight: member.configuredWeight
            )
        }
    }
}
