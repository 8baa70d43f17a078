// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

@Suite("The hardened seccomp profile")
struct HardenedSeccompProfileTests {
    typealias Architecture = SeccompProfile.Architecture

    static func interpreter(machine: Architecture) throws -> SeccompInterpreter {
        let profile = SeccompProfile.hardened(capabilities: .all, architecture: machine)
        return try SeccompInterpreter(SeccompProgram(compiling: profile, for: machine))
    }

    @Test(
        "no input can be pushed into a terminal, not even with the request's unused half set",
        arguments: [
            (Architecture.x86_64, Architecture.x86_64), (.x86_64, .x86), (.aarch64, .aarch64), (.aarch64, .arm),
        ]
    )
    func terminalInjection(machine: Architecture, architecture: Architecture) throws {
        let interpreter = try Self.interpreter(machine: machine)
        for request: UInt64 in [0x5412, 0x541c] {
            for garbage: UInt64 in [0, 1 << 32, 0xffff_ffff << 32] {
                #expect(try interpreter.verdict("ioctl", on: architecture, [0, request | garbage]) == .eperm)
            }
        }
        // TCGETS, TIOCGWINSZ, TIOCNOTTY and a request that looks like TIOCSTI in its upper half.
        for request: UInt64 in [0x5401, 0x5413, 0x5422, 0x5412 << 32] {
            #expect(try interpreter.verdict("ioctl", on: architecture, [0, request]) == .allow)
        }
        // Only ioctl's second argument is meant.
        #expect(try interpreter.verdict("read", on: architecture, [0, 0x5412]) == .allow)
    }

    @Test("Docker's own profile leaves these requests to the kernel")
    func dockerAllows() throws {
        let interpreter = try DefaultSeccompProfileTests.interpreter()
        #expect(try interpreter.verdict("ioctl", on: .x86_64, [0, 0x5412]) == .allow)
    }

    @Test("x32 calls kill, 32-bit x86 calls are let in")
    func x32() throws {
        let interpreter = try Self.interpreter(machine: .x86_64)
        #expect(try interpreter.verdict("getpid", on: .x32) == .killThread)
        #expect(try interpreter.verdict("execve", on: .x32) == .killThread)
        #expect(try interpreter.verdict("getpid", on: .x86) == .allow)
        #expect(try interpreter.verdict("getpid", on: .x86_64) == .allow)
    }

    @Test("a refused socket family can't hide behind the unused half of the argument")
    func sockets() throws {
        let interpreter = try Self.interpreter(machine: .x86_64)
        for family: UInt64 in [38, 40, 64, 0xffff] {
            #expect(try interpreter.verdict("socket", on: .x86_64, [family]) == .eperm)
            #expect(try interpreter.verdict("socket", on: .x86_64, [family | 1 << 32]) == .eperm)
        }
    }

    @Test("everything else is as in Docker's profile")
    func otherwiseEqual() throws {
        var hardened = SeccompProfile.hardened(capabilities: .docker, architecture: .x86_64)
        var docker = SeccompProfile.default(capabilities: .docker, architecture: .x86_64)
        #expect(docker.architectures == [.x86_64, .x86, .x32])
        #expect(hardened.architectures == [.x86_64, .x86])
        hardened.architectures = docker.architectures
        hardened.refusesTerminalInjection = false
        hardened.syscalls.removeAll { $0.names == ["socket"] }
        docker.syscalls.removeAll { $0.names == ["socket"] }
        #expect(hardened == docker)
    }
}
