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
    }

    /// Memory.
    public struct Memory: Sendable, Hashable {
        /// The bytes that are charged to the container, page cache included.
        public var used: UInt64?
        /// The limit in bytes, or `nil` if there is none.
        public var limit: UInt64?
        /// How many processes the kernel killed because the limit was reached.
        public var outOfMemoryKills: UInt64?
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
    /// Processes.
    public var pids = Pids()
}
