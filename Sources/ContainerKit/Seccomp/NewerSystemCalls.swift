// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The system calls that are newer than the oldest libseccomp we build with (2.5.4, of 2022).
///
/// Numbers from 424 on are the same on every architecture but MIPS. Source: the kernel's `syscall.tbl` files as of
/// Linux 7.1-rc4, read from libseccomp's `syscalls.csv` (commit 90d3f7d, 2026-07-01). A newer libseccomp resolves these
/// names itself and is asked first.
enum NewerSystemCalls {
    /// The calls of every architecture, in the order of their numbers.
    static let common: [String: UInt32] = [
        "cachestat": 451,
        "fchmodat2": 452,
        "map_shadow_stack": 453,
        "futex_wake": 454,
        "futex_wait": 455,
        "futex_requeue": 456,
        "statmount": 457,
        "listmount": 458,
        "lsm_get_self_attr": 459,
        "lsm_set_self_attr": 460,
        "lsm_list_modules": 461,
        "mseal": 462,
        "setxattrat": 463,
        "getxattrat": 464,
        "listxattrat": 465,
        "removexattrat": 466,
        "open_tree_attr": 467,
        "file_getattr": 468,
        "file_setattr": 469,
        "listns": 470,
        "rseq_slice_yield": 471,
    ]

    /// The calls that only x86-64 and x32 have.
    static let x86_64Only: [String: UInt32] = ["uretprobe": 335, "uprobe": 336]

    /// The calls that only RISC-V has.
    static let riscv64Only: [String: UInt32] = ["riscv_hwprobe": 258]

    /// The architectures whose numbers from 424 on follow the common table and that the table was checked for.
    static let architectures: Set<SeccompProfile.Architecture> = [.x86, .x86_64, .x32, .arm, .aarch64, .riscv64]

    /// Whether the name is in the table for some architecture.
    static func contains(_ call: String) -> Bool {
        common[call] != nil || x86_64Only[call] != nil || riscv64Only[call] != nil
    }

    /// The number of a call on an architecture, nil where there is none; a number of x32 carries its bit.
    static func number(of call: String, on architecture: SeccompProfile.Architecture) -> UInt32? {
        guard architectures.contains(architecture) else { return nil }
        let number =
            switch architecture {
            case .x86_64, .x32: common[call] ?? x86_64Only[call]
            case .riscv64: common[call] ?? riscv64Only[call]
            default: common[call]
            }
        return architecture == .x32 ? number.map { $0 | SeccompProfile.Architecture.x32Bit } : number
    }
}
