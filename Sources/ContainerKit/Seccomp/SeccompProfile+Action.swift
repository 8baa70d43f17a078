// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension SeccompProfile {
    /// What the kernel does with a call (`seccomp(2)`, "the value that the filter returns").
    public struct Action: RawRepresentable, Hashable, Sendable {
        /// The specification's name.
        public let rawValue: String

        /// Creates an action from the specification's name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// `SCMP_ACT_KILL`: the old name of ``killThread``.
        public static let kill = Action(rawValue: "SCMP_ACT_KILL")
        /// `SCMP_ACT_KILL_PROCESS`: ends the process as if by `SIGSYS`.
        public static let killProcess = Action(rawValue: "SCMP_ACT_KILL_PROCESS")
        /// `SCMP_ACT_KILL_THREAD`: ends the calling thread as if by `SIGSYS`.
        public static let killThread = Action(rawValue: "SCMP_ACT_KILL_THREAD")
        /// `SCMP_ACT_TRAP`: sends `SIGSYS`, which the program may handle.
        public static let trap = Action(rawValue: "SCMP_ACT_TRAP")
        /// `SCMP_ACT_ERRNO`: the call fails with the rule's error number.
        public static let errno = Action(rawValue: "SCMP_ACT_ERRNO")
        /// `SCMP_ACT_TRACE`: asks the tracer; `ENOSYS` when there is none.
        public static let trace = Action(rawValue: "SCMP_ACT_TRACE")
        /// `SCMP_ACT_ALLOW`: the call is made.
        public static let allow = Action(rawValue: "SCMP_ACT_ALLOW")
        /// `SCMP_ACT_LOG`: the call is made and logged.
        public static let log = Action(rawValue: "SCMP_ACT_LOG")
        /// `SCMP_ACT_NOTIFY`: asks the agent at ``SeccompProfile/listenerPath``.
        public static let notify = Action(rawValue: "SCMP_ACT_NOTIFY")
    }

    /// How the filter is loaded (`seccomp(2)`, "flags").
    public struct Flag: RawRepresentable, Hashable, Sendable {
        /// The specification's name.
        public let rawValue: String

        /// Creates a flag from the specification's name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// `SECCOMP_FILTER_FLAG_TSYNC`: every thread gets the filter; without effect, as the loader has one thread.
        public static let synchronizeThreads = Flag(rawValue: "SECCOMP_FILTER_FLAG_TSYNC")
        /// `SECCOMP_FILTER_FLAG_LOG`: refusals are logged.
        public static let log = Flag(rawValue: "SECCOMP_FILTER_FLAG_LOG")
        /// `SECCOMP_FILTER_FLAG_SPEC_ALLOW`: loading the filter doesn't turn on the (slow) mitigation of speculative
        /// store bypass.
        public static let speculationAllowed = Flag(rawValue: "SECCOMP_FILTER_FLAG_SPEC_ALLOW")
        /// `SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV`: what waits for the agent of ``Action/notify`` can be
        /// interrupted by a kill only; without one it has no effect.
        public static let waitKillableReceive = Flag(rawValue: "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")
    }
}

extension SeccompProfile.Flag {
    /// The kernel's bit (`linux/seccomp.h`); nil for a flag that doesn't exist.
    var bit: UInt32? {
        switch self {
        case .log: 1 << 1
        case .speculationAllowed: 1 << 2
        case .waitKillableReceive: 1 << 5
        case .synchronizeThreads: 0
        default: nil
        }
    }
}
