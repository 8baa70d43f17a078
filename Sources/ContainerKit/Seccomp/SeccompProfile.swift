// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Which system calls a container's processes may make, and what happens to those they may not.
///
/// The fields are those of the OCI runtime specification's `linux.seccomp` (`config-linux.md`, "Seccomp") and mean the
/// same. Start from ``default(capabilities:architecture:kernel:)`` or ``hardened(capabilities:architecture:kernel:)``;
/// write one from scratch only for a program whose calls are known.
///
/// ```swift
/// var profile = SeccompProfile.hardened(capabilities: .docker)
/// profile.syscalls.append(.init(names: ["io_uring_setup", "io_uring_enter"], action: .allow))
/// ```
///
/// As with runc, names that neither libseccomp nor this library knows are ignored, a rule without conditions wins over
/// conditional rules for the same call, and a call newer than every call that the profile names answers `ENOSYS`
/// unless the default action lets calls through: the C library then falls back to an older call.
public struct SeccompProfile: Hashable, Sendable {
    /// What happens to a call that no rule matches.
    public var defaultAction: Action

    /// The error number that ``defaultAction`` gives where it takes one (`EPERM` when nil).
    public var defaultErrnoRet: UInt32?

    /// The architectures that may make calls beside the machine's own, such as 32-bit x86 on x86-64.
    ///
    /// A call of any other architecture kills the thread.
    public var architectures: [Architecture]

    /// How the filter is loaded.
    ///
    /// The specification's default, as runc reads it, is ``Flag/speculationAllowed``.
    public var flags: Set<Flag>

    /// The socket of the agent that answers for ``Action/notify``: it gets the listener's descriptor and the container's
    /// state (OCI runtime specification, "Container Process State").
    public var listenerPath: String?

    /// What that agent is told besides.
    public var listenerMetadata: String?

    /// The rules.
    public var syscalls: [Syscall]

    /// Whether `ioctl` with `TIOCSTI` or `TIOCLINUX` answers `EPERM`, whatever the rules say; off unless set.
    ///
    /// Both push input into a terminal as if its user had typed it: a container that was given the host's terminal
    /// could run commands outside (CVE-2017-5226). As the kernel does, the check looks at the low 32 bits of the
    /// request only (CVE-2019-10063). This goes beyond the OCI specification, whose rules can't say "all but these".
    public var refusesTerminalInjection: Bool

    /// Creates a profile.
    ///
    /// - Parameters:
    ///   - defaultAction: What happens to a call that no rule matches.
    ///   - defaultErrnoRet: The error number of `defaultAction`; `EPERM` when nil.
    ///   - architectures: The architectures beside the machine's own.
    ///   - flags: How the filter is loaded.
    ///   - listenerPath: The socket of the agent for ``Action/notify``.
    ///   - listenerMetadata: What that agent is told besides.
    ///   - syscalls: The rules.
    ///   - refusesTerminalInjection: Whether `TIOCSTI` and `TIOCLINUX` answer `EPERM`.
    public init(
        defaultAction: Action,
        defaultErrnoRet: UInt32? = nil,
        architectures: [Architecture] = [],
        flags: Set<Flag> = [.speculationAllowed],
        listenerPath: String? = nil,
        listenerMetadata: String? = nil,
        syscalls: [Syscall] = [],
        refusesTerminalInjection: Bool = false
    ) {
        self.defaultAction = defaultAction
        self.defaultErrnoRet = defaultErrnoRet
        self.architectures = architectures
        self.flags = flags
        self.listenerPath = listenerPath
        self.listenerMetadata = listenerMetadata
        self.syscalls = syscalls
        self.refusesTerminalInjection = refusesTerminalInjection
    }
}

extension SeccompProfile {
    /// Feeds the profile's shape to a hasher, without the names.
    ///
    /// A profile is looked up on every launch and holds hundreds of names; equality still compares all of them.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(defaultAction)
        hasher.combine(defaultErrnoRet)
        hasher.combine(architectures.count)
        hasher.combine(refusesTerminalInjection)
        hasher.combine(syscalls.count)
        for syscall in syscalls {
            hasher.combine(syscall.names.count)
            hasher.combine(syscall.args.count)
        }
    }
}
