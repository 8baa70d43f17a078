// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension Resources {
    /// Limits on processor time and placement.
    public struct CPU: Sendable, Hashable {
        /// The share of processor time relative to other groups when processors are short, 2 to 262,144; the kernel's
        /// default is 1,024.
        ///
        /// Becomes a weight on v2.
        public var shares: UInt64?

        /// The processor time allowed in each ``period``, in microseconds; at least 1,000.
        public var quota: Limit?

        /// The length of a period, in microseconds, 1,000 to 1,000,000; the kernel's default is 100,000.
        public var period: UInt64?

        /// The unused time that may be saved for later periods, in microseconds; at most ``quota``.
        public var burst: UInt64?

        /// Whether the group runs only when nothing else wants the processor.
        public var idle: Bool?

        /// The processors that may be used, such as `0-3,7`.
        public var cpus: String?

        /// The memory nodes that may be used, such as `0`.
        public var mems: String?

        /// The time that processes of real-time policies may have in each ``realtimePeriod``, in microseconds.
        ///
        /// For v1 and a kernel that schedules real-time groups (`CONFIG_RT_GROUP_SCHED`); the groups above must have as
        /// much. Without it such a kernel lets no process of a real-time policy into the group.
        public var realtimeRuntime: UInt64?

        /// The period of ``realtimeRuntime``, in microseconds; the kernel's default is 1,000,000.
        public var realtimePeriod: UInt64?

        /// Creates limits on processors; by default nothing is limited.
        ///
        /// - Parameters:
        ///   - shares: The relative share of processor time.
        ///   - quota: The processor time allowed in each period, in microseconds.
        ///   - period: The length of a period, in microseconds.
        ///   - burst: The unused time that may be saved, in microseconds.
        ///   - idle: Whether the group runs only when nothing else wants the processor.
        ///   - cpus: The processors that may be used, such as `0-3,7`.
        ///   - mems: The memory nodes that may be used, such as `0`.
        ///   - realtimeRuntime: The time for real-time policies in each period, in microseconds.
        ///   - realtimePeriod: The length of such a period, in microseconds.
        public init(
            shares: UInt64? = nil,
            quota: Limit? = nil,
            period: UInt64? = nil,
            burst: UInt64? = nil,
            idle: Bool? = nil,
            cpus: String? = nil,
            mems: String? = nil,
            realtimeRuntime: UInt64? = nil,
            realtimePeriod: UInt64? = nil
        ) {
            self.shares = shares
            self.quota = quota
            self.period = period
            self.burst = burst
            self.idle = idle
            self.cpus = cpus
            self.mems = mems
            self.realtimeRuntime = realtimeRuntime
            self.realtimePeriod = realtimePeriod
        }

        /// The time of so many processors: what `--cpus` means to Docker.
        ///
        /// - Parameter count: The number of processors, such as 1.5; at least 0.01, the kernel's least at the default
        ///   period.
        /// - Returns: Limits with a period of 100 ms and the quota that gives `count` processors.
        /// - Throws: ``ContainerError`` of code ``ContainerError/Code/invalidConfiguration`` if `count` is below 0.01,
        ///   above a million or not a number.
        public static func cpus(_ count: Double) throws(ContainerError) -> CPU {
            guard count >= 0.01, count <= 1_000_000 else {
                throw ContainerError(
                    .invalidConfiguration,
                    "the number of CPUs is \(count): it must be at least 0.01, which is 1 ms in each 100 ms"
                )
            }
            return CPU(quota: Limit(Int64((count * 100_000).rounded())), period: 100_000)
        }

        func merging(_ newer: CPU) -> CPU {
            CPU(
                // A group that becomes idle loses its shares.
                shares: newer.shares ?? (newer.idle == true ? nil : shares),
                quota: newer.quota ?? quota,
                period: newer.period ?? period,
                burst: newer.burst ?? burst,
                idle: newer.idle ?? idle,
                cpus: newer.cpus ?? cpus,
                mems: newer.mems ?? mems,
                realtimeRuntime: newer.realtimeRuntime ?? realtimeRuntime,
                realtimePeriod: newer.realtimePeriod ?? realtimePeriod
            )
        }
    }
}
