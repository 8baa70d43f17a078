// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a load-aware policy looks at of an endpoint: three words, so that a cache line holds several.
@usableFromInline
struct Candidate: BitwiseCopyable, Sendable {
    @usableFromInline let slot: Int
    @usableFromInline let load: LoadHandle
    @usableFromInline let weight: Double

    init(slot: Int, load: LoadHandle, weight: Double) {
        self.slot = slot
        self.load = load
        self.weight = weight
    }

    init(_ member: borrowing Member) {
        slot = member.slot
        load = member.load
        weight = member.weight
    }
}
