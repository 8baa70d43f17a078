// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Resources {
    /// Limits on memory, in bytes.
    public struct Memory: Sendable, Hashable {
        /// The most memory the container may use; at least ``leastLimit``.
        public var limit: Limit?

        /// The amount that the kernel tries to leave the container under pressure: the soft limit on v1, `memory.low`
        /// on v2.
        public var reservation: Limit?

        /// The most memory *and* swap together, so never below ``limit``; equal to it means no swap.
        public var swap: Limit?

        /// How eagerly the kernel swaps, 0 to 100; only cgroup v1 has it by group.
        public var swappiness: UInt64?

        /// Whether tasks wait for memory instead of being killed when the limit is reached; only cgroup v1 has
        /// it.
        public var oomKillDisabled: Bool?

        /// Whether an update refuses a ``limit`` below what is in use, instead of letting the kernel reclaim or kill.
        public var checkBeforeUpdate: Bool

        /// The lowest limit that is accepted: 512 KiB.
        ///
        /// The kernel takes any number, but charges memory in batches of 64 pages (256 KiB) and needs a kernel stack,
        /// page tables and a few pages for the smallest process. Docker's floor of 6 MB is what a Go runtime needs to
        /// start inside the group; nothing of the sort runs in ours.
        public static let leastLimit: Int64 = 512 << 10

        /// Creates limits on memory; by default nothing is limited.
        ///
        /// - Parameters:
        ///   - limit: The most memory, in bytes.
        ///   - reservation: The amount to protect under pressure, in bytes.
        ///   - swap: The most memory and swap together, in bytes.
        ///   - swappiness: How eagerly the kernel swaps, 0 to 100.
        ///   - oomKillDisabled: Whether tasks wait instead of being killed at the limit.
        ///   - checkBeforeUpdate: Whether an update refuses a limit below what is in use.
        public init(
            limit: Limit? = nil,
            reservation: Limit? = nil,
            swap: Limit? = nil,
            swappiness: UInt64? = nil,
            oomKillDisabled: Bool? = nil,
            checkBeforeUpdate: Bool = false
        ) {
            self.limit = limit
            self.reservation = reservation
            self.swap = swap
            self.swappiness = swappiness
            self.oomKillDisabled = oomKillDisabled
            self.checkBeforeUpdate = checkBeforeUpdate
        }

        func merging(_ newer: Memory) -> Memory {
            Memory(
                limit: newer.limit ?? limit,
                reservation: newer.reservation ?? reservation,
                swap: newer.swap ?? swap,
                swappiness: newer.swappiness ?? swappiness,
                oomKillDisabled: newer.oomKillDisabled ?? oomKillDisabled,
                // Advice for one update, not a limit that stays.
                checkBeforeUpdate: checkBeforeUpdate
            )
        }
    }
}
