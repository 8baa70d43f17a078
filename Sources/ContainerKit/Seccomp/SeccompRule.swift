// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A rule made ready to compile: one call, one answer, conditions that must all hold.
struct SeccompRule: Hashable, Sendable {
    var call: String
    var verdict: UInt32
    var conditions: [SeccompProfile.Argument]
}

extension SeccompProfile {
    /// The rules of the profile, one for each name, in order; checked.
    ///
    /// - Throws: ``ContainerError`` with the code `invalidConfiguration` or `unsupported`.
    func rules() throws(ContainerError) -> [SeccompRule] {
        var rules: [SeccompRule] = []
        for syscall in syscalls {
            guard !syscall.names.isEmpty, !syscall.names.contains("") else {
                throw ContainerError(.invalidConfiguration, "A seccomp rule must name its system calls.")
            }
            let verdict = try syscall.action.verdict(errno: syscall.errnoRet)
            for argument in syscall.args { try argument.check(of: syscall.names[0]) }
            for alternative in Self.alternatives(of: syscall.args) {
                for name in syscall.names {
                    rules.append(SeccompRule(call: name, verdict: verdict, conditions: alternative))
                }
            }
        }
        return rules
    }

    /// The conditions as a choice of conjunctions.
    ///
    /// Two conditions on one argument can't be one libseccomp rule; runc then makes each condition a rule of its own,
    /// and profiles in the field rely on it.
    private static func alternatives(of args: [Argument]) -> [[Argument]] {
        Set(args.map(\.index)).count == args.count ? [args] : args.map { [$0] }
    }
}

extension SeccompProfile.Argument {
    /// Checks the condition of a call.
    fileprivate func check(of call: String) throws(ContainerError) {
        guard index < 6 else {
            throw ContainerError(
                .invalidConfiguration,
                "A seccomp rule for \(call) compares argument \(index); a system call has the arguments 0 to 5."
            )
        }
        guard op.isKnown else {
            throw ContainerError(
                .invalidConfiguration,
                "A seccomp rule for \(call) compares with '\(op.rawValue)', which is no operator."
            )
        }
    }
}
