// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

@Suite("Shortened seccomp programs")
struct SeccompOptimizerTests {
    typealias Architecture = SeccompProfile.Architecture

    /// Every number up to the newest calls, and the edges of the regions beyond.
    static let numbers: [UInt32] =
        Array(0...600)
        + [0xe_ffff, 0xf_0000, 0xf_0001, 0xf_0002, 0xf_0003, 0xf_0005, 0xf_0006, 0xf_ffff, 0x10_0000, 0x3fff_ffff]
        + (0...600).map { $0 | 0x4000_0000 }
        + [0x7fff_ffff, 0x8000_0000, 0x8000_0010, 0xbfff_ffff, 0xc000_0000, 0xc000_0010, .max - 1, .max]

    /// Arguments on either side of every comparison in the default profiles.
    static let arguments: [[UInt64]] =
        [0, 1, 8, 37, 38, 39, 40, 41, 63, 64, 0x11, 0x2_0000, 0x2_0008, 0x1000_0011, 0x7e02_0000, 0xffff_ffff]
        .flatMap { value in [[value], [value | 1 << 32], [0, value]] }
        + [[0, 0x5412], [0, 0x541c], [0, 0x5413], [0, 0x5412 | 1 << 40], [.max, .max, .max, .max, .max, .max]]

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var profile: SeccompProfile
        var machine = Architecture.x86_64
    }

    static let cases: [Case] =
        [([], "none"), (.docker, "Docker's"), (.all, "all")].flatMap { capabilities, name in
            [Architecture.x86_64, .aarch64].flatMap { machine in
                [
                    Case(
                        testDescription: "default, \(machine.rawValue), \(name)",
                        profile: .default(capabilities: capabilities, architecture: machine),
                        machine: machine
                    ),
                    Case(
                        testDescription: "hardened, \(machine.rawValue), \(name)",
                        profile: .hardened(capabilities: capabilities, architecture: machine),
                        machine: machine
                    ),
                ]
            }
        } + [
            Case(
                testDescription: "a deny-list",
                profile: SeccompProfile(
                    defaultAction: .allow,
                    syscalls: [
                        .init(names: ["reboot", "mount", "mseal"], action: .killProcess),
                        .init(names: ["read"], action: .errno, args: [.init(index: 0, op: .greater, value: 40)]),
                    ]
                )
            ),
            Case(testDescription: "no rules", profile: SeccompProfile(defaultAction: .killProcess)),
        ]

    @Test("answer every call as libseccomp's own program does", arguments: cases)
    func sameAnswers(testCase: Case) throws {
        let translation = try SeccompTranslation(testCase.profile, for: testCase.machine)
        let original = SeccompInterpreter(translation.instructions)
        let shortened = SeccompInterpreter(
            SeccompOptimizer.optimize(translation.instructions, architectures: translation.auditArchitectures)
        )
        for architecture: Architecture in [.x86_64, .x86, .aarch64, .arm, .riscv64] {
            for number in Self.numbers {
                let arguments =
                    try original.dependsOnArguments(number, on: architecture) ? Self.arguments : [[]]
                for args in arguments {
                    let (expected, actual) = (
                        try original.verdict(number, on: architecture, args),
                        try shortened.verdict(number, on: architecture, args)
                    )
                    if expected != actual {
                        Issue.record("\(architecture.rawValue) \(number) \(args): \(actual), not \(expected)")
                    }
                }
            }
        }
    }

    @Test("are a quarter as long for Docker's profile")
    func length() throws {
        let translation = try SeccompTranslation(.default(capabilities: .docker), for: .x86_64)
        let program = try SeccompProgram(compiling: .default(capabilities: .docker), for: .x86_64)
        #expect(program.instructionCount * 4 < translation.instructions.count)
    }

    @Test("reach an answer in a dozen steps for a call without conditions")
    func depth() throws {
        let interpreter = try SeccompInterpreter(SeccompProgram(compiling: .default(capabilities: .docker)))
        for name in ["read", "write", "openat", "futex", "epoll_wait", "clock_nanosleep", "statx", "mseal"] {
            guard let number = Architecture.native.number(of: name) else { continue }
            #expect(try interpreter.trace(number).count <= 14, "\(name)")
        }
    }

    @Test("jump detours where a conditional jump can't reach")
    func longJumps() throws {
        let syscalls = (0..<200).map { value in
            SeccompProfile.Syscall(
                names: ["getpid"],
                action: .errno,
                errnoRet: UInt32(value + 2),
                args: [.init(index: 0, op: .equal, value: UInt64(value))]
            )
        }
        let profile = SeccompProfile(defaultAction: .errno, syscalls: syscalls)
        let interpreter = try SeccompInterpreter(SeccompProgram(compiling: profile))
        for value: UInt32 in 0..<200 {
            #expect(try interpreter.verdict("getpid", [UInt64(value)]) == .errno(value + 2))
        }
        #expect(try interpreter.verdict("getpid", [200]) == .eperm)
    }

    @Test("are made of a chain of a thousand conditions on a thread with a short stack")
    func longChain() async throws {
        // As long as the kernel takes programs: a range of calls with one answer, and one whose argument decides.
        var program: [BPFInstruction] = [.load(.number)]
        for number: UInt32 in 100..<400 {
            program += [.skip(if: .equal, number, else: 1), .answer(7)]
        }
        program += [.skip(if: .equal, 39, then: 1), .answer(8)]
        let count = (BPFInstruction.maximumCount - program.count - 1) / 3
        for value in 0..<UInt32(count) {
            program += [.load(.lowArgument(0)), .skip(if: .equal, value, else: 1), .answer(value + 10)]
        }
        program.append(.answer(9))

        let shortened = try await ShortStack.run(bytes: 256 << 10) { [program] in
            SeccompOptimizer.optimize(program, architectures: [0xc000_003e])
        }
        #expect(shortened.count < program.count)
        let interpreter = SeccompInterpreter(shortened)
        for value in 0..<UInt32(count) {
            #expect(try interpreter.verdict(39, [UInt64(value)]).value == value + 10)
        }
        #expect(try interpreter.verdict(39, [UInt64(count)]).value == 9)
        #expect(try interpreter.verdict(399, []).value == 7)
        #expect(try interpreter.verdict(400, []).value == 8)
    }

    @Test("stay as they are where they do what is not understood")
    func untouched() {
        // A scratch memory store, a comparison of other bits of the number, a comparison with another architecture.
        let programs: [[BPFInstruction]] = [
            [.load(.number), BPFInstruction(code: 0x02, operand: 0), .answer(1)],
            [.load(.number), .skip(if: .anyBit, 3, then: 1), .answer(1), .answer(2)],
            [.load(.architecture), .skip(if: .equal, 77, then: 1), .answer(1), .answer(2)],
            [.load(.number), .skip(9)],
        ]
        for program in programs {
            let padded = program + [BPFInstruction](repeating: .answer(3), count: 5)
            #expect(SeccompOptimizer.optimize(padded, architectures: [5]) == padded)
        }
    }
}
