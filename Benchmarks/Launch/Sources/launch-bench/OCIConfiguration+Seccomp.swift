// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit

extension OCIConfiguration {
    /// A seccomp profile in the specification's words (`config-linux.md`, "Seccomp").
    struct Seccomp: Encodable {
        struct Argument: Encodable {
            var index: UInt32
            var value: UInt64
            var valueTwo: UInt64
            var op: String
        }

        struct Rule: Encodable {
            var names: [String]
            var action: String
            var errnoRet: UInt32?
            var args: [Argument]
        }

        var defaultAction: String
        var defaultErrnoRet: UInt32?
        var architectures: [String]
        var syscalls: [Rule]

        init(_ profile: SeccompProfile) {
            self.defaultAction = profile.defaultAction.rawValue
            self.defaultErrnoRet = profile.defaultErrnoRet
            self.architectures = profile.architectures.map(\.rawValue)
            self.syscalls = profile.syscalls.map { rule in
                Rule(
                    names: rule.names,
                    action: rule.action.rawValue,
                    errnoRet: rule.errnoRet,
                    args: rule.args.map {
                        Argument(index: $0.index, value: $0.value, valueTwo: $0.valueTwo, op: $0.op.rawValue)
                    }
                )
            }
        }
    }
}
