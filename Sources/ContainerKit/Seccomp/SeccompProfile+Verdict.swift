// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension SeccompProfile.Action {
    /// The value that a filter returns for the action (`seccomp(2)`).
    ///
    /// - Parameter errno: The error number to carry, for the actions that carry one; `EPERM` when nil.
    /// - Returns: The 32-bit value.
    /// - Throws: ``ContainerError`` with the code `invalidConfiguration` for an unknown action, an error number out of
    ///   range or on an action that carries none.
    func verdict(errno: UInt32?) throws(ContainerError) -> UInt32 {
        let carriesErrno = self == .errno || self == .trace
        if let errno {
            guard carriesErrno else {
                throw ContainerError(.invalidConfiguration, "The seccomp action \(rawValue) takes no error number.")
            }
            // The kernel caps the error at MAX_ERRNO without a word; a tracer gets any 16 bits.
            guard errno <= (self == .errno ? 4095 : 65535) else {
                throw ContainerError(.invalidConfiguration, "\(errno) is no error number for \(rawValue).")
            }
        }
        let number = errno ?? 1
        switch self {
        case .kill, .killThread: return 0x0000_0000
        case .killProcess: return 0x8000_0000
        case .trap: return 0x0003_0000
        case .errno: return 0x0005_0000 | number
        case .trace: return 0x7ff0_0000 | number
        case .log: return 0x7ffc_0000
        case .allow: return 0x7fff_0000
        case .notify: return 0x7fc0_0000
        default:
            throw ContainerError(.invalidConfiguration, "'\(rawValue)' is no seccomp action.")
        }
    }

    /// Whether the action lets a call through, or leaves it to a tracer that should see newer calls too.
    var letsThrough: Bool {
        self == .allow || self == .log || self == .trace
    }
}

extension SeccompProfile.Operator {
    /// Whether the operator is one of the specification's.
    var isKnown: Bool {
        switch self {
        case .notEqual, .less, .lessOrEqual, .equal, .greaterOrEqual, .greater, .maskedEqual: true
        default: false
        }
    }
}

extension SeccompProfile {
    /// Whether calls are put to an agent.
    var asksListener: Bool {
        defaultAction == .notify || syscalls.contains { $0.action == .notify }
    }

    /// The stage itself makes these calls once the filter is loaded: nobody could answer it.
    private static let needed: Set<String> = ["sendmsg", "read", "write", "lseek", "execve", "rt_sigaction", "clone"]

    /// Checks what a profile with an agent needs.
    ///
    /// - Throws: ``ContainerError`` of code `invalidConfiguration`.
    func validateListener() throws(ContainerError) {
        guard asksListener else { return }
        guard let listenerPath, listenerPath.hasPrefix("/") else {
            throw .invalid("seccomp profile", "puts calls to an agent, so it needs the absolute path of its socket")
        }
        if defaultAction == .notify {
            throw .invalid("seccomp profile", "can't put every call to an agent")
        }
        for rule in syscalls where rule.action == .notify {
            if let name = rule.names.first(where: Self.needed.contains) {
                throw .invalid("seccomp profile", "can't put '\(name)' to an agent: the launch itself makes that call")
            }
        }
    }
}
