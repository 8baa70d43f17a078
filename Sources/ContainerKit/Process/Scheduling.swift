// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// How the kernel's scheduler treats a program (`sched_setattr(2)`).
///
/// The members are those of `process.scheduler` in the OCI runtime specification.
public struct Scheduling: Hashable, Sendable {
    /// A scheduling policy, by the kernel's number.
    public struct Policy: RawRepresentable, Hashable, Sendable {
        /// The kernel's number.
        public let rawValue: UInt32

        /// Creates a policy from the kernel's number.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// Creates a policy from its name, such as `SCHED_BATCH`.
        ///
        /// - Parameter name: The name.
        public init?(name: String) {
            guard let number = Self.names.firstIndex(of: name) else { return nil }
            self.init(rawValue: UInt32(number))
        }

        private static let names = [
            "SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE",
        ]

        /// The usual one.
        public static let other = Policy(rawValue: 0)
        /// Real time, first in, first out.
        public static let firstInFirstOut = Policy(rawValue: 1)
        /// Real time, in turns.
        public static let roundRobin = Policy(rawValue: 2)
        /// For work that nobody waits for.
        public static let batch = Policy(rawValue: 3)
        /// Only when nothing else wants the processor.
        public static let idle = Policy(rawValue: 5)
        /// By runtime, deadline and period.
        public static let deadline = Policy(rawValue: 6)
    }

    /// Flags, by the kernel's bits.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The kernel's mask.
        public let rawValue: UInt64

        /// Creates flags from the kernel's mask.
        public init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        /// Children get the usual policy (`SCHED_FLAG_RESET_ON_FORK`).
        public static let resetOnFork = Flags(rawValue: 0x01)
        /// Unused time of others may be taken (`SCHED_FLAG_RECLAIM`).
        public static let reclaim = Flags(rawValue: 0x02)
        /// The program is told by a signal when it misses its deadline (`SCHED_FLAG_DL_OVERRUN`).
        public static let deadlineOverrun = Flags(rawValue: 0x04)
        /// The policy stays as it is (`SCHED_FLAG_KEEP_POLICY`).
        public static let keepPolicy = Flags(rawValue: 0x08)
        /// The parameters stay as they are (`SCHED_FLAG_KEEP_PARAMS`).
        public static let keepParameters = Flags(rawValue: 0x10)
        /// The lower bound of utilisation is set (`SCHED_FLAG_UTIL_CLAMP_MIN`).
        public static let leastUtilisation = Flags(rawValue: 0x20)
        /// The upper bound of utilisation is set (`SCHED_FLAG_UTIL_CLAMP_MAX`).
        public static let mostUtilisation = Flags(rawValue: 0x40)
    }

    /// The policy.
    public var policy: Policy
    /// The niceness from -20 to 19, for the policies without real time.
    public var nice: Int32
    /// The priority from 1 to 99, for the policies with real time.
    public var priority: UInt32
    /// Flags.
    public var flags: Flags
    /// The processor time in each period, in nanoseconds, for ``Policy/deadline``.
    public var runtime: UInt64
    /// The time by which it is to be had, in nanoseconds.
    public var deadline: UInt64
    /// The length of a period in nanoseconds.
    public var period: UInt64

    /// Creates a treatment.
    ///
    /// - Parameters:
    ///   - policy: The policy.
    ///   - nice: The niceness.
    ///   - priority: The priority.
    ///   - flags: Flags.
    ///   - runtime: The processor time in each period, in nanoseconds.
    ///   - deadline: The time by which it is to be had, in nanoseconds.
    ///   - period: The length of a period in nanoseconds.
    public init(
        policy: Policy,
        nice: Int32 = 0,
        priority: UInt32 = 0,
        flags: Flags = [],
        runtime: UInt64 = 0,
        deadline: UInt64 = 0,
        period: UInt64 = 0
    ) {
        self.policy = policy
        self.nice = nice
        self.priority = priority
        self.flags = flags
        self.runtime = runtime
        self.deadline = deadline
        self.period = period
    }

    /// The kernel's `struct sched_attr`, in its first form of 48 bytes.
    var attributes: [UInt8] {
        var bytes: [UInt8] = []
        func put(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        put(UInt32(48))
        put(policy.rawValue)
        put(flags.rawValue)
        put(nice)
        put(priority)
        put(runtime)
        put(deadline)
        put(period)
        return bytes
    }
}
