// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

@Suite("System calls that are newer than libseccomp or than the profile")
struct NewerSystemCallTests {
    typealias Architecture = SeccompProfile.Architecture

    static let all: [(machine: Architecture, architecture: Architecture)] = [
        (.x86_64, .x86_64), (.x86_64, .x86), (.x86_64, .x32), (.aarch64, .aarch64), (.aarch64, .arm),
    ]

    /// The number as a call of the architecture carries it.
    static func number(_ number: UInt32, on architecture: Architecture) -> UInt32 {
        architecture == .x32 ? number | 0x4000_0000 : number
    }

    @Test("calls of Linux 6.5 to 6.13 are known by number where libseccomp doesn't know their names", arguments: all)
    func known(machine: Architecture, architecture: Architecture) throws {
        let interpreter = try DefaultSeccompProfileTests.interpreter(machine: machine)
        // From cachestat to removexattrat, but for the three of Linux security modules.
        // map_shadow_stack (453) is x86-64's alone in syscall_64.tbl; libseccomp's versions differ about x32.
        let calls = (451...466).filter { $0 != 453 || architecture != .x32 }.map(UInt32.init)
        for call in calls {
            #expect(
                try interpreter.verdict(Self.number(call, on: architecture), on: architecture)
                    == ((459...461).contains(call) ? .eperm : .allow),
                "\(call)"
            )
        }
        let administrator = try DefaultSeccompProfileTests.interpreter(.sysAdmin, machine: machine)
        for call in calls {
            #expect(try administrator.verdict(Self.number(call, on: architecture), on: architecture) == .allow)
        }
    }

    @Test("uretprobe is allowed on x86-64, whose kernel calls it on a program's behalf")
    func uretprobe() throws {
        let interpreter = try DefaultSeccompProfileTests.interpreter()
        #expect(try interpreter.verdict(335, on: .x86_64) == .allow)
        #expect(try interpreter.verdict(336, on: .x86_64) == .eperm)
    }

    @Test("calls newer than the profile answer ENOSYS, so that a C library falls back", arguments: all)
    func unknown(machine: Architecture, architecture: Architecture) throws {
        for capabilities: CapabilitySet in [[], .docker, .all] {
            let interpreter = try DefaultSeccompProfileTests.interpreter(capabilities, machine: machine)
            for call: UInt32 in [467, 470, 471, 500, 511, 548, 1000, 0xe_ffff, 0x10_0000, 0x3fff_ffff] {
                let number = Self.number(call, on: architecture)
                #expect(try interpreter.verdict(number, on: architecture) == .enosys, "\(call)")
            }
        }
    }

    @Test("an old forbidden call stays forbidden, however high its number")
    func oldButHigh() throws {
        let x86 = try DefaultSeccompProfileTests.interpreter(machine: .x86_64)
        #expect(try x86.verdict("kexec_load", on: .x32) == .eperm)
        #expect(try x86.verdict("move_pages", on: .x32) == .eperm)
        #expect(try x86.verdict("io_uring_setup", on: .x86_64) == .eperm)
        #expect(try x86.verdict("execve", on: .x32) == .allow)
    }

    @Test(
        "nothing answers ENOSYS where calls are let through by default",
        arguments: [
            SeccompProfile.Action.allow, .log, .trace,
        ]
    )
    func permissive(action: SeccompProfile.Action) throws {
        let profile = SeccompProfile(
            defaultAction: action,
            syscalls: [.init(names: ["reboot", "mseal"], action: .errno, errnoRet: 13)]
        )
        let interpreter = try SeccompInterpreter(SeccompProgram(compiling: profile))
        let usual = try SeccompVerdict(value: action.verdict(errno: nil))
        #expect(try interpreter.verdict(600) == usual)
        #expect(try interpreter.verdict("getpid") == usual)
        #expect(try interpreter.verdict("reboot") == .errno(13))
        #expect(try interpreter.verdict(462) == .errno(13))
        #expect(try interpreter.verdict(463) == usual)
    }

    @Test("a newer call that the profile forbids by name is forbidden, not unknown")
    func namedAndForbidden() throws {
        let profile = SeccompProfile(
            defaultAction: .errno,
            syscalls: [
                .init(names: ["getpid"], action: .allow), .init(names: ["listns"], action: .errno, errnoRet: 1),
            ]
        )
        let interpreter = try SeccompInterpreter(SeccompProgram(compiling: profile))
        #expect(try interpreter.verdict(470) == .eperm)
        #expect(try interpreter.verdict(471) == .enosys)
    }

    @Test("names that nobody knows are ignored and told")
    func ignored() throws {
        let profile = SeccompProfile(
            defaultAction: .errno,
            syscalls: [.init(names: ["getpid", "call_of_the_future"], action: .allow)]
        )
        let program = try SeccompProgram(compiling: profile)
        #expect(program.ignoredNames == ["call_of_the_future"])
        #expect(try SeccompInterpreter(program).verdict("getpid") == .allow)
        #expect(try SeccompProgram(compiling: .default(capabilities: .all)).ignoredNames.isEmpty)
    }
}
