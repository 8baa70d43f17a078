// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

@Suite("Conditions on arguments")
struct SeccompConditionTests {
    typealias Operator = SeccompProfile.Operator

    static let operators: [Operator] = [
        .notEqual, .less, .lessOrEqual, .equal, .greaterOrEqual, .greater, .maskedEqual,
    ]

    /// Numbers around every edge of the two words.
    static let values: [UInt64] = [
        0, 1, 41, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0001, 0x1_0000_0029,
        0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_0000_0000, .max - 1, .max,
    ]

    static func holds(_ op: Operator, _ argument: UInt64, _ value: UInt64, _ second: UInt64) -> Bool {
        switch op {
        case .notEqual: argument != value
        case .less: argument < value
        case .lessOrEqual: argument <= value
        case .equal: argument == value
        case .greaterOrEqual: argument >= value
        case .greater: argument > value
        default: argument & value == second
        }
    }

    @Test("a comparison compiled here means what the specification says, on all 64 bits", arguments: operators)
    func ownComparison(op: Operator) throws {
        for value in Self.values {
            for second in op == .maskedEqual ? Self.values : [0] {
                let condition = SeccompProfile.Argument(index: 3, op: op, value: value, valueTwo: second)
                let program = SeccompCondition.compile([condition], verdict: 7) + [.answer(9)]
                let interpreter = SeccompInterpreter(program)
                for argument in Self.values {
                    #expect(
                        try interpreter.verdict(1, [5, 6, 7, argument]).value
                            == (Self.holds(op, argument, value, second) ? 7 : 9),
                        "\(argument) \(op.rawValue) \(value) \(second)"
                    )
                }
            }
        }
    }

    @Test("a call that libseccomp doesn't know is compared as one that it knows", arguments: operators)
    func sameAsLibseccomp(op: Operator) throws {
        for value in Self.values {
            let second = value & 0x1_0000_0001
            let conditions = [
                SeccompProfile.Argument(index: 0, op: op, value: value, valueTwo: second),
                SeccompProfile.Argument(index: 5, op: .notEqual, value: 3),
            ]
            let profile = SeccompProfile(
                defaultAction: .errno,
                syscalls: [.init(names: ["getpid", "mseal"], action: .allow, args: conditions)]
            )
            let interpreter = try SeccompInterpreter(SeccompProgram(compiling: profile))
            for argument in Self.values {
                for last: UInt64 in [3, 4] {
                    let args = [argument, 0, 0, 0, 0, last]
                    let expected: SeccompVerdict =
                        Self.holds(op, argument, value, second) && last != 3 ? .allow : .eperm
                    #expect(try interpreter.verdict("getpid", args) == expected)
                    #expect(try interpreter.verdict(462, args) == expected)
                }
            }
        }
    }

    @Test("six conditions must all hold")
    func conjunction() throws {
        let conditions = (0..<6).map { SeccompProfile.Argument(index: $0, op: .greater, value: UInt64($0)) }
        let profile = SeccompProfile(
            defaultAction: .errno,
            syscalls: [.init(names: ["getpid", "mseal"], action: .allow, args: conditions)]
        )
        let interpreter = try SeccompInterpreter(SeccompProgram(compiling: profile))
        let matching: [UInt64] = [1, 2, 3, 4, 5, 6]
        #expect(try interpreter.verdict("getpid", matching) == .allow)
        #expect(try interpreter.verdict(462, matching) == .allow)
        for index in 0..<6 {
            var args = matching
            args[index] = UInt64(index)
            #expect(try interpreter.verdict("getpid", args) == .eperm)
            #expect(try interpreter.verdict(462, args) == .eperm)
        }
    }

    @Test("two conditions on one argument are alternatives, as with runc")
    func alternatives() throws {
        let profile = SeccompProfile(
            defaultAction: .errno,
            syscalls: [
                .init(
                    names: ["getpid", "mseal"],
                    action: .allow,
                    args: [.init(index: 1, op: .equal, value: 7), .init(index: 1, op: .equal, value: 9)]
                )
            ]
        )
        let interpreter = try SeccompInterpreter(SeccompProgram(compiling: profile))
        for (value, verdict) in [(7, .allow), (8, .eperm), (9, .allow)] as [(UInt64, SeccompVerdict)] {
            #expect(try interpreter.verdict("getpid", [0, value]) == verdict)
            #expect(try interpreter.verdict(462, [0, value]) == verdict)
        }
    }

    @Test("a rule without conditions wins over one with")
    func unconditionalWins() throws {
        let profile = SeccompProfile(
            defaultAction: .errno,
            syscalls: [
                .init(
                    names: ["getpid", "mseal"],
                    action: .errno,
                    errnoRet: 13,
                    args: [.init(index: 0, op: .equal, value: 1)]
                ),
                .init(names: ["getpid", "mseal"], action: .allow),
            ]
        )
        let interpreter = try SeccompInterpreter(SeccompProgram(compiling: profile))
        #expect(try interpreter.verdict("getpid", [1]) == .allow)
        #expect(try interpreter.verdict(462, [1]) == .allow)
    }
}
