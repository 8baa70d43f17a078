// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What Docker's default profile says, as data.
///
/// Source of the facts: moby's `profiles` repository, `seccomp/default_linux.go` as of commit 3c28324 (2026-05-06), the
/// last to change it before 2026-06-30. The rules are in its order. Its conditions on capabilities are on the bounding
/// set; its conditions on the architecture are on the machine's, not on the calling process's.
enum DefaultSeccompRules {
    /// The machine's architecture with those that its kernel runs beside it; empty where moby lists none.
    static func architectures(for machine: SeccompProfile.Architecture) -> [SeccompProfile.Architecture] {
        switch machine {
        case .x86_64: [.x86_64, .x86, .x32]
        case .aarch64: [.aarch64, .arm]
        case .mips64: [.mips64, .mips, .mips64n32]
        case .mips64n32: [.mips64n32, .mips, .mips64]
        case .mipsel64: [.mipsel64, .mipsel, .mipsel64n32]
        case .mipsel64n32: [.mipsel64n32, .mipsel, .mipsel64]
        case .s390x: [.s390x, .s390]
        case .riscv64, .loongarch64: [machine]
        default: []
        }
    }

    /// Every rule, with its conditions.
    static let all: [ConditionalSeccompRule] =
        [.allow(unconditional), .allow("process_vm_readv process_vm_writev ptrace", since: .init(4, 8))]
        + sockets + personalities + machines + namespaces + privileged

    /// Every socket family but the kernel's cryptography (38) and virtual machine sockets (40), which reach past the
    /// network namespace.
    ///
    /// 32-bit x86 still reaches them through `socketcall`, whose arguments no filter can see.
    private static let sockets: [ConditionalSeccompRule] = [
        .allow("socket", where: .init(index: 0, op: .less, value: 38)),
        .allow("socket", where: .init(index: 0, op: .equal, value: 39)),
        .allow("socket", where: .init(index: 0, op: .greater, value: 40)),
    ]

    /// The same families below 64, in comparisons that look at the whole argument: 41, 42 to 43, 44 to 47, 48 to 63.
    static let strictSockets: [ConditionalSeccompRule] = [
        .allow("socket", where: .init(index: 0, op: .less, value: 38)),
        .allow("socket", where: .init(index: 0, op: .equal, value: 39)),
        .allow("socket", where: .init(index: 0, op: .equal, value: 41)),
        .allow("socket", where: .init(index: 0, op: .maskedEqual, value: ~1, valueTwo: 42)),
        .allow("socket", where: .init(index: 0, op: .maskedEqual, value: ~3, valueTwo: 44)),
        .allow("socket", where: .init(index: 0, op: .maskedEqual, value: ~15, valueTwo: 48)),
    ]

    /// `PER_LINUX`, `PER_LINUX32`, either with `UNAME26`, and the query (`personality(2)`): not those that turn off
    /// address space randomisation.
    private static let personalities: [ConditionalSeccompRule] = [0x0, 0x8, 0x20000, 0x20008, 0xffff_ffff].map {
        .allow("personality", where: .init(index: 0, op: .equal, value: $0))
    }

    private static let machines: [ConditionalSeccompRule] = [
        .allow("sync_file_range2 swapcontext", on: [.ppc64le]),
        .allow(
            "arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls",
            on: [.arm, .aarch64]
        ),
        .allow("arch_prctl", on: [.x86_64, .x32]),
        .allow("modify_ldt", on: [.x86_64, .x32, .x86]),
        .allow("s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr", on: [.s390, .s390x]),
        .allow("riscv_flush_icache", on: [.riscv64]),
    ]

    /// The `CLONE_NEW…` flags of `clone(2)` but the time namespace's: mount, cgroup, UTS, IPC, user, pid, network.
    private static let newNamespaces: UInt64 = 0x7e02_0000

    /// New namespaces only with `CAP_SYS_ADMIN`.
    ///
    /// `clone3` keeps its flags in memory, where no filter can see them:
    /// `ENOSYS` makes the C library fall back to `clone`. s390 has the flags in the second argument.
    private static let namespaces: [ConditionalSeccompRule] = [
        .allow("open_by_handle_at", requires: .dacReadSearch),
        .allow(
            """
            bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr
            lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl
            quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare
            """,
            requires: .sysAdmin
        ),
        .allow(
            "clone",
            where: .init(index: 0, op: .maskedEqual, value: newNamespaces, valueTwo: 0),
            excludes: .sysAdmin,
            notOn: [.s390, .s390x]
        ),
        .allow(
            "clone",
            where: .init(index: 1, op: .maskedEqual, value: newNamespaces, valueTwo: 0),
            excludes: .sysAdmin,
            on: [.s390, .s390x]
        ),
        ConditionalSeccompRule(rule: .init(names: ["clone3"], action: .errno, errnoRet: 38), excludes: .sysAdmin),
    ]

    private static let privileged: [ConditionalSeccompRule] = [
        .allow("reboot", requires: .sysBoot),
        .allow("chroot", requires: .sysChroot),
        .allow("delete_module init_module finit_module", requires: .sysModule),
        .allow("acct", requires: .sysPacct),
        .allow(
            "kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace",
            requires: .sysPtrace
        ),
        .allow("iopl ioperm", requires: .sysRawio),
        .allow("settimeofday stime clock_settime clock_settime64", requires: .sysTime),
        .allow("vhangup", requires: .sysTtyConfig),
        .allow("get_mempolicy mbind set_mempolicy set_mempolicy_home_node", requires: .sysNice),
        .allow("syslog", requires: .syslog),
        .allow("bpf", requires: .bpf),
        .allow("perf_event_open", requires: .perfmon),
    ]
}
