// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a container uses at one moment, as its control groups count it.
///
/// A value is `nil` where this machine does not count it by container.
public struct ResourceUsage: Sendable, Hashable {
    /// Processor time since the container started.
    public struct CPU: Sendable, Hashable {
        /// The time that all its tasks have run, on all processors together.
        public var used: Duration?
        /// The part of it in the programs themselves.
        public var user: Duration?
        /// The part of it in the kernel.
        public var system: Duration?
        /// How many periods of a quota have begun.
        public var periods: UInt64?
        /// In how many of them the quota was used up.
        public var throttledPeriods: UInt64?
        /// How long its tasks have waited for the next period.
        public var throttled: Duration?
        /// How its tasks wait for processors.
        public var pressure: ResourcePressure?
    }

    /// Memory.
    public struct Memory: Sendable, Hashable {
        /// The bytes that are charged to the container, page cache included.
        public var used: UInt64?
        /// The limit in bytes, or `nil` if there is none.
        public var limit: UInt64?
        /// The most bytes that were ever charged.
        public var peak: UInt64?
        /// The bytes of ``used`` that programs have allocated.
        public var anonymous: UInt64?
        /// The bytes of ``used`` that cache files.
        public var file: UInt64?
        /// The bytes of cached files that were not used of late; Docker and Kubernetes don't count them as used.
        public var inactiveFile: UInt64?
        /// The bytes in swap.
        public var swap: UInt64?
        /// How often a page had to be read from a disk.
        public var majorFaults: UInt64?
        /// How many processes the kernel killed because the limit was reached.
        public var outOfMemoryKills: UInt64?
        /// How its tasks wait for memory.
        public var pressure: ResourcePressure?

        /// ``used`` without ``inactiveFile``: what `docker stats` and `kubectl top` show.
        public var workingSet: UInt64? {
            used.map { $0 - min($0, inactiveFile ?? 0) }
        }
    }

    /// Reading and writing of block devices.
    public struct IO: Sendable, Hashable {
        /// Bytes read.
        public var readBytes: UInt64?
        /// Bytes written.
        public var writtenBytes: UInt64?
        /// Read requests.
        public var reads: UInt64?
        /// Write requests.
        public var writes: UInt64?
        /// How its tasks wait for devices.
        public var pressure: ResourcePressure?
    }

    /// Processes.
    public struct Pids: Sendable, Hashable {
        /// The number of processes and threads.
        public var current: UInt64?
        /// The most there may be, or `nil` if there is no limit.
        public var limit: UInt64?
    }

    /// Processor time.
    public var cpu = CPU()
    /// Memory.
    public var memory = Memory()
    /// Block devices.
    public var io = IO()
    /// Processes.
    public var pids = Pids()
}
