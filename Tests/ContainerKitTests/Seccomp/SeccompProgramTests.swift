// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

@Suite("Seccomp programs")
struct SeccompProgramTests {
    @Test("a program is whole instructions, fewer than the kernel's limit")
    func size() throws {
        for capabilities: CapabilitySet in [[], .docker, .all] {
            let program = try SeccompProgram(compiling: .default(capabilities: capabilities))
            #expect(program.bytes.count == 8 * program.instructionCount)
            #expect((100...4096).contains(program.instructionCount))
        }
    }

    @Test("bytes and instructions translate both ways")
    func encoding() throws {
        let program = try SeccompProgram(compiling: .hardened(capabilities: []))
        let decoded = try #require(BPFInstruction.decode(program.bytes))
        #expect(BPFInstruction.encode(decoded) == program.bytes)
        #expect(BPFInstruction.decode([1, 2, 3]) == nil)
    }

    @Test("flags become the kernel's bits; those that concern other loaders become none")
    func flags() throws {
        func bits(_ flags: Set<SeccompProfile.Flag>) throws -> UInt32 {
            try SeccompProgram(compiling: SeccompProfile(defaultAction: .allow, flags: flags)).flags
        }
        #expect(try bits([]) == 0)
        #expect(try bits([.log]) == 2)
        #expect(try bits([.speculationAllowed]) == 4)
        #expect(try bits([.log, .speculationAllowed]) == 6)
        #expect(try bits([.synchronizeThreads, .waitKillableReceive]) == 0)
        #expect(SeccompProfile.default(capabilities: []).flags == [.speculationAllowed])
    }

    @Test(
        "each action returns its value",
        arguments: [
            (SeccompProfile.Action.kill, 0x0), (.killThread, 0x0), (.killProcess, 0x8000_0000), (.trap, 0x3_0000),
            (.errno, 0x5_0001), (.trace, 0x7ff0_0001), (.log, 0x7ffc_0000),
        ] as [(SeccompProfile.Action, UInt32)]
    )
    func actions(action: SeccompProfile.Action, value: UInt32) throws {
        let profile = SeccompProfile(
            defaultAction: .allow,
            syscalls: [.init(names: ["getpid", "mseal"], action: action)]
        )
        let interpreter = try SeccompInterpreter(SeccompProgram(compiling: profile))
        #expect(try interpreter.verdict("getpid") == SeccompVerdict(value: value))
        #expect(try interpreter.verdict(462) == SeccompVerdict(value: value))
        #expect(try interpreter.verdict("getppid") == .allow)
    }

    @Test("an empty profile lets everything through or nothing")
    func empty() throws {
        let open = try SeccompInterpreter(SeccompProgram(compiling: .init(defaultAction: .allow)))
        #expect(try open.verdict("reboot") == .allow)
        let closed = try SeccompInterpreter(SeccompProgram(compiling: .init(defaultAction: .killProcess)))
        #expect(try closed.verdict("read") == SeccompVerdict(value: 0x8000_0000))
    }

    @Test("a compiled program is the profile's own, also between profiles of the same shape")
    func cache() throws {
        let profiles = (0..<200).map { number in
            SeccompProfile(
                defaultAction: .allow,
                syscalls: [.init(names: ["getpid"], action: .errno, errnoRet: UInt32(number + 1))]
            )
        }
        for _ in 0..<2 {
            for (number, profile) in profiles.enumerated() {
                let program = try SeccompProgram.compiled(from: profile)
                #expect(try SeccompInterpreter(program).verdict("getpid") == .errno(UInt32(number + 1)))
            }
        }
    }

    @Test("many askers at once get the same program")
    func concurrentCache() async throws {
        let programs = try await withThrowingTaskGroup(of: SeccompProgram.self) { group in
            for _ in 0..<16 {
                group.addTask { try SeccompProgram.compiled(from: .hardened(capabilities: .docker)) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(programs.count == 1)
    }
}
