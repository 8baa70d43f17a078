// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a load-aware policy looks at of an endpoint: three words, so that a cache line holds several.
struct Candidate: Sendable {
    let slot: Int
    let load: LoadHandle
    let weight: Double

    init(slot: Int, load: LoadHandle, weight: Double) {
        self.slot = slot
        self.load = load
        self.weight = weight
    }

    init(_ member: Member) {
        slot = member.slot
        load = member.load
        weight = member.weight
    }
}
