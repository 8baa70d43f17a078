// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerKit

/// What moby's default profile says (see `DefaultSeccompRules` for its source), asked of the compiled program.
@Suite("The default seccomp profile")
struct DefaultSeccompProfileTests {
    typealias Architecture = SeccompProfile.Architecture

    static let machines: [Architecture] = [.x86_64, .aarch64]

    static func interpreter(
        _ capabilities: CapabilitySet = .docker,
        machine: Architecture = .x86_64,
        kernel: SeccompProfile.KernelVersion = .init(6, 12)
    ) throws -> SeccompInterpreter {
        let profile = SeccompProfile.default(capabilities: capabilities, architecture: machine, kernel: kernel)
        return try SeccompInterpreter(SeccompProgram(compiling: profile, for: machine))
    }

    @Test(
        "every call that each container may make is allowed, on every architecture of the machine",
        arguments: machines
    )
    func unconditional(machine: Architecture) throws {
        let interpreter = try Self.interpreter([], machine: machine)
        let names = DefaultSeccompRules.unconditional.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(Set(names).count == 361)
        for architecture in DefaultSeccompRules.architectures(for: machine) {
            var asked = 0
            for name in names {
                guard let verdict = try interpreter.verdict(name, on: architecture) else { continue }
                asked += 1
                #expect(verdict == .allow, "\(name) on \(architecture.rawValue)")
            }
            #expect(asked > 240, "\(architecture.rawValue)")
        }
    }

    @Test(
        "calls that reach past a container are forbidden",
        arguments: [
            "acct", "add_key", "bpf", "clock_settime", "delete_module", "fanotify_init", "finit_module", "fsconfig",
            "fsmount", "fsopen", "fspick", "init_module", "io_uring_enter", "io_uring_register", "io_uring_setup",
            "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie", "mbind",
            "migrate_pages",
            "mount", "mount_setattr", "move_mount", "move_pages", "nfsservctl", "open_by_handle_at",
            "open_tree", "perf_event_open", "pidfd_getfd", "pivot_root", "process_madvise", "quotactl", "quotactl_fd",
            "reboot", "request_key", "set_mempolicy", "setdomainname", "sethostname", "setns", "settimeofday",
            "swapoff",
            "swapon", "syslog", "umount2", "unshare", "userfaultfd", "vhangup", "vserver",
        ]
    )
    func forbidden(call: String) throws {
        let interpreter = try Self.interpreter()
        #expect(try interpreter.verdict(call, on: .x86_64) == .eperm)
        #expect(try interpreter.verdict(call, on: .x32) ?? .eperm == .eperm)
        #expect(try interpreter.verdict(call, on: .x86) ?? .eperm == .eperm)
    }

    @Test(
        "a capability opens its calls and no others do",
        arguments: [
            (CapabilitySet.dacReadSearch, ["open_by_handle_at"]),
            (
                .sysAdmin,
                ["mount", "umount2", "setns", "unshare", "fsopen", "open_tree", "move_mount", "quotactl", "clone3"]
            ),
            (
                .sysAdmin,
                ["lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules", "sethostname", "setdomainname"]
            ),
            (.sysBoot, ["reboot"]),
            (.sysChroot, ["chroot"]),
            (.sysModule, ["init_module", "finit_module", "delete_module"]),
            (.sysPacct, ["acct"]),
            (.sysPtrace, ["kcmp", "pidfd_getfd", "process_madvise"]),
            (.sysRawio, ["iopl", "ioperm"]),
            (.sysTime, ["settimeofday", "clock_settime"]),
            (.sysTtyConfig, ["vhangup"]),
            (.sysNice, ["get_mempolicy", "mbind", "set_mempolicy", "set_mempolicy_home_node"]),
            (.syslog, ["syslog"]),
            (.bpf, ["bpf"]),
            (.perfmon, ["perf_event_open"]),
        ]
    )
    func capability(capability: CapabilitySet, calls: [String]) throws {
        let with = try Self.interpreter(capability)
        // syslog, bpf and perf_event_open come with CAP_SYS_ADMIN too.
        let without = try Self.interpreter(CapabilitySet.all.subtracting(capability).subtracting(.sysAdmin))
        for call in calls {
            #expect(try with.verdict(call, on: .x86_64) == .allow, "\(call)")
            #expect(try without.verdict(call, on: .x86_64) == (call == "clone3" ? .enosys : .eperm), "\(call)")
        }
    }

    @Test(
        "clone makes processes and threads but no namespaces",
        arguments: machines.flatMap(DefaultSeccompRules.architectures(for:))
    )
    func clone(architecture: Architecture) throws {
        let machine: Architecture = [.aarch64, .arm].contains(architecture) ? .aarch64 : .x86_64
        let interpreter = try Self.interpreter(machine: machine)
        // Thread flags of pthread_create, vfork's, fork's.
        for flags: UInt64 in [0x3d_0f00, 0x4111, 0x120_0011] {
            #expect(try interpreter.verdict("clone", on: architecture, [flags]) == .allow)
        }
        // Mount, cgroup, UTS, IPC, user, pid, network.
        for flag: UInt64 in [0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000] {
            #expect(try interpreter.verdict("clone", on: architecture, [flag | 0x11]) == .eperm)
        }
        #expect(try interpreter.verdict("clone3", on: architecture) == .enosys)
        let administrator = try Self.interpreter(.sysAdmin, machine: machine)
        #expect(try administrator.verdict("clone", on: architecture, [0x1000_0011]) == .allow)
        #expect(try administrator.verdict("clone3", on: architecture) == .allow)
    }

    @Test("personality keeps address space randomisation on")
    func personality() throws {
        let interpreter = try Self.interpreter()
        for value: UInt64 in [0, 8, 0x2_0000, 0x2_0008, 0xffff_ffff] {
            #expect(try interpreter.verdict("personality", on: .x86_64, [value]) == .allow)
        }
        for value: UInt64 in [1, 9, 0x4_0000, 0x40_0000, 0x2_0009, 0xffff_fffe, 0x1_0000_0000] {
            #expect(try interpreter.verdict("personality", on: .x86_64, [value]) == .eperm)
        }
    }

    @Test("sockets of every family but AF_ALG and AF_VSOCK can be made", arguments: [false, true])
    func sockets(hardened: Bool) throws {
        let profile: SeccompProfile = hardened ? .hardened(capabilities: .all) : .default(capabilities: .all)
        let interpreter = try SeccompInterpreter(SeccompProgram(compiling: profile))
        for family: UInt64 in 0..<64 {
            #expect(
                try interpreter.verdict("socket", [family]) == (family == 38 || family == 40 ? .eperm : .allow),
                "family \(family)"
            )
        }
    }

    @Test("ptrace is allowed from Linux 4.8 on, or with CAP_SYS_PTRACE")
    func ptrace() throws {
        for call in ["ptrace", "process_vm_readv", "process_vm_writev"] {
            #expect(try Self.interpreter(kernel: .init(4, 7)).verdict(call, on: .x86_64) == .eperm)
            #expect(try Self.interpreter(kernel: .init(4, 8)).verdict(call, on: .x86_64) == .allow)
            #expect(try Self.interpreter(.sysPtrace, kernel: .init(4, 7)).verdict(call, on: .x86_64) == .allow)
        }
    }

    @Test("a machine's own calls are allowed on that machine only")
    func machineCalls() throws {
        let x86 = try Self.interpreter(machine: .x86_64)
        #expect(try x86.verdict("arch_prctl", on: .x86_64) == .allow)
        #expect(try x86.verdict("modify_ldt", on: .x86) == .allow)
        let arm = try Self.interpreter(machine: .aarch64)
        // Arm's private calls: breakpoint, cacheflush, set_tls.
        for number: UInt32 in [0xf_0001, 0xf_0002, 0xf_0005] {
            #expect(try arm.verdict(number, on: .arm) == .allow)
        }
        #expect(try arm.verdict(0xf_0003, on: .arm) == .eperm)
        #expect(try arm.verdict("arm_fadvise64_64", on: .arm) == .allow)
    }

    @Test("32-bit x86 and x32 calls are let in on x86-64 and 32-bit Arm calls on arm64, others kill")
    func architectures() throws {
        let x86 = try Self.interpreter(machine: .x86_64)
        #expect(try x86.verdict("getpid", on: .x86) == .allow)
        #expect(try x86.verdict("getpid", on: .x32) == .allow)
        #expect(try x86.verdict("getpid", on: .aarch64) == .killThread)
        let arm = try Self.interpreter(machine: .aarch64)
        #expect(try arm.verdict("getpid", on: .arm) == .allow)
        #expect(try arm.verdict("getpid", on: .x86_64) == .killThread)
    }

    @Test("the running kernel's version is read from its release")
    func kernelVersion() {
        #expect(SeccompProfile.KernelVersion(release: "6.18.44-fc-v595") == .init(6, 18))
        #expect(SeccompProfile.KernelVersion(release: "3.10-rc1") == .init(3, 10))
        #expect(SeccompProfile.KernelVersion(release: "x.y") == nil)
        #expect(SeccompProfile.KernelVersion(release: "6") == nil)
        #expect(SeccompProfile.KernelVersion.running > .init(3, 17))
        #expect(SeccompProfile.KernelVersion(5, 2) < .init(5, 10))
    }
}
