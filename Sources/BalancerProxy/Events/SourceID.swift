// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Names a source on its event loop; a number is never given to two sources, so a late event finds no one.
struct SourceID: Hashable, Sendable {
    let slot: Int
    let generation: UInt32

    /// The number that the kernel hands back with an event: the slot, the generation's low bits and the channel.
    func token(channel: UInt8) -> UInt64 {
        UInt64(UInt32(truncatingIfNeeded: slot)) << 32 | UInt64(generation & Self.generationMask) << 8 | UInt64(channel)
    }

    static let generationMask: UInt32 = 0xFF_FFFF
}
