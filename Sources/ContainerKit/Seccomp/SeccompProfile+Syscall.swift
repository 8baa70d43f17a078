// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension SeccompProfile {
    /// One rule: what happens to some calls, always or for certain arguments.
    public struct Syscall: Hashable, Sendable {
        /// The calls' names, as in `syscalls(2)`; at least one.
        public var names: [String]

        /// What happens to a call that matches.
        public var action: Action

        /// The error number that ``action`` gives where it takes one (`EPERM` when nil).
        public var errnoRet: UInt32?

        /// The conditions, all of which must hold; none means the rule always matches.
        ///
        /// Two conditions on the same argument make each condition a rule of its own, so that any of them matches:
        /// what runc does.
        public var args: [Argument]

        /// Creates a rule.
        ///
        /// - Parameters:
        ///   - names: The calls' names.
        ///   - action: What happens to them.
        ///   - errnoRet: The error number; `EPERM` when nil.
        ///   - args: The conditions on the arguments.
        public init(names: [String], action: Action, errnoRet: UInt32? = nil, args: [Argument] = []) {
            self.names = names
            self.action = action
            self.errnoRet = errnoRet
            self.args = args
        }
    }

    /// A condition on one argument of a call, compared as an unsigned 64-bit number.
    public struct Argument: Hashable, Sendable {
        /// Which argument, 0 to 5.
        public var index: UInt32

        /// What the argument is compared with; the mask of ``Operator/maskedEqual``.
        public var value: UInt64

        /// What the masked argument must equal under ``Operator/maskedEqual``; unused otherwise.
        public var valueTwo: UInt64

        /// The comparison.
        public var op: Operator

        /// Creates a condition.
        ///
        /// - Parameters:
        ///   - index: Which argument, 0 to 5.
        ///   - op: The comparison.
        ///   - value: What the argument is compared with, or the mask.
        ///   - valueTwo: What the masked argument must equal.
        public init(index: UInt32, op: Operator, value: UInt64, valueTwo: UInt64 = 0) {
            self.index = index
            self.value = value
            self.valueTwo = valueTwo
            self.op = op
        }
    }

    /// How an argument is compared.
    public struct Operator: RawRepresentable, Hashable, Sendable {
        /// The specification's name.
        public let rawValue: String

        /// Creates an operator from the specification's name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// `SCMP_CMP_NE`: differs.
        public static let notEqual = Operator(rawValue: "SCMP_CMP_NE")
        /// `SCMP_CMP_LT`: is less.
        public static let less = Operator(rawValue: "SCMP_CMP_LT")
        /// `SCMP_CMP_LE`: is less or equal.
        public static let lessOrEqual = Operator(rawValue: "SCMP_CMP_LE")
        /// `SCMP_CMP_EQ`: is equal.
        public static let equal = Operator(rawValue: "SCMP_CMP_EQ")
        /// `SCMP_CMP_GE`: is greater or equal.
        public static let greaterOrEqual = Operator(rawValue: "SCMP_CMP_GE")
        /// `SCMP_CMP_GT`: is greater.
        public static let greater = Operator(rawValue: "SCMP_CMP_GT")
        /// `SCMP_CMP_MASKED_EQ`: is equal after a bitwise "and" with the mask.
        public static let maskedEqual = Operator(rawValue: "SCMP_CMP_MASKED_EQ")
    }
}
