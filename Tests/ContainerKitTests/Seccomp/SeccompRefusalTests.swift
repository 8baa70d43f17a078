// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

@Suite("Seccomp profiles that are refused")
struct SeccompRefusalTests {
    static func code(_ profile: SeccompProfile) -> ContainerError.Code? {
        do throws(ContainerError) {
            _ = try SeccompProgram.compiled(from: profile)
            return nil
        } catch {
            return error.code
        }
    }

    static func rule(_ syscall: SeccompProfile.Syscall) -> SeccompProfile {
        SeccompProfile(defaultAction: .errno, syscalls: [syscall])
    }

    @Test(
        "a profile that breaks the specification is invalid",
        arguments: [
            SeccompProfile(defaultAction: .init(rawValue: "SCMP_ACT_SHRUG")),
            SeccompProfile(defaultAction: .allow, defaultErrnoRet: 1),
            SeccompProfile(defaultAction: .errno, defaultErrnoRet: 4096),
            SeccompProfile(defaultAction: .allow, architectures: [.init(rawValue: "SCMP_ARCH_PDP11")]),
            SeccompProfile(defaultAction: .allow, architectures: [.init(rawValue: "x86")]),
            SeccompProfile(defaultAction: .allow, flags: [.init(rawValue: "SECCOMP_FILTER_FLAG_MAYBE")]),
            rule(.init(names: [], action: .allow)),
            rule(.init(names: ["read", ""], action: .allow)),
            rule(.init(names: ["read"], action: .allow, errnoRet: 1)),
            rule(.init(names: ["read"], action: .trace, errnoRet: 65536)),
            rule(.init(names: ["read"], action: .allow, args: [.init(index: 6, op: .equal, value: 0)])),
            rule(
                .init(names: ["read"], action: .allow, args: [.init(index: 0, op: .init(rawValue: "=="), value: 0)])
            ),
        ]
    )
    func invalid(profile: SeccompProfile) {
        #expect(Self.code(profile) == .invalidConfiguration)
    }

    @Test("a profile that asks an agent has to say where it is, and can't ask about what the launch itself does")
    func notify() {
        let everything = SeccompProfile(defaultAction: .notify, listenerPath: "/run/agent")
        #expect(throws: ContainerError.self) { try everything.validateListener() }
        let needed = Self.rule(.init(names: ["read"], action: .notify))
        #expect(throws: ContainerError.self) { try needed.validateListener() }
    }

    @Test("a filter that mixes byte orders is refused by libseccomp, with its reason")
    func byteOrders() {
        do throws(ContainerError) {
            _ = try SeccompProgram(compiling: SeccompProfile(defaultAction: .allow, architectures: [.s390x]))
            Issue.record("compiled")
        } catch {
            #expect(error.code == .seccomp)
            #expect(error.operation == "seccomp_arch_add")
            #expect(error.errno?.name == "EDOM")
        }
    }

    @Test("a profile too long for the kernel is invalid")
    func tooLong() {
        let syscalls = (0..<1200).map { value in
            SeccompProfile.Syscall(
                names: ["mseal"],
                action: .allow,
                args: [.init(index: 0, op: .equal, value: UInt64(value))]
            )
        }
        #expect(Self.code(SeccompProfile(defaultAction: .errno, syscalls: syscalls)) == .invalidConfiguration)
    }
}
