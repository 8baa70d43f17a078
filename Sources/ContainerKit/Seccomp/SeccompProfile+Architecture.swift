// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CSeccomp

extension SeccompProfile {
    /// A system call convention of a processor.
    public struct Architecture: RawRepresentable, Hashable, Sendable {
        /// The specification's name.
        public let rawValue: String

        /// Creates an architecture from the specification's name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The architecture that this program is built for.
        public static var native: Architecture {
            #if arch(x86_64)
            .x86_64
            #elseif arch(arm64)
            .aarch64
            #else
            #error("Nestbox runs on x86-64 and arm64")
            #endif
        }

        /// `SCMP_ARCH_X86`: 32-bit x86.
        public static let x86 = Architecture(rawValue: "SCMP_ARCH_X86")
        /// `SCMP_ARCH_X86_64`: x86-64.
        public static let x86_64 = Architecture(rawValue: "SCMP_ARCH_X86_64")
        /// `SCMP_ARCH_X32`: x86-64 with 32-bit pointers.
        public static let x32 = Architecture(rawValue: "SCMP_ARCH_X32")
        /// `SCMP_ARCH_ARM`: 32-bit Arm.
        public static let arm = Architecture(rawValue: "SCMP_ARCH_ARM")
        /// `SCMP_ARCH_AARCH64`: 64-bit Arm.
        public static let aarch64 = Architecture(rawValue: "SCMP_ARCH_AARCH64")
        /// `SCMP_ARCH_MIPS`.
        public static let mips = Architecture(rawValue: "SCMP_ARCH_MIPS")
        /// `SCMP_ARCH_MIPS64`.
        public static let mips64 = Architecture(rawValue: "SCMP_ARCH_MIPS64")
        /// `SCMP_ARCH_MIPS64N32`.
        public static let mips64n32 = Architecture(rawValue: "SCMP_ARCH_MIPS64N32")
        /// `SCMP_ARCH_MIPSEL`.
        public static let mipsel = Architecture(rawValue: "SCMP_ARCH_MIPSEL")
        /// `SCMP_ARCH_MIPSEL64`.
        public static let mipsel64 = Architecture(rawValue: "SCMP_ARCH_MIPSEL64")
        /// `SCMP_ARCH_MIPSEL64N32`.
        public static let mipsel64n32 = Architecture(rawValue: "SCMP_ARCH_MIPSEL64N32")
        /// `SCMP_ARCH_PPC`.
        public static let ppc = Architecture(rawValue: "SCMP_ARCH_PPC")
        /// `SCMP_ARCH_PPC64`.
        public static let ppc64 = Architecture(rawValue: "SCMP_ARCH_PPC64")
        /// `SCMP_ARCH_PPC64LE`.
        public static let ppc64le = Architecture(rawValue: "SCMP_ARCH_PPC64LE")
        /// `SCMP_ARCH_S390`.
        public static let s390 = Architecture(rawValue: "SCMP_ARCH_S390")
        /// `SCMP_ARCH_S390X`.
        public static let s390x = Architecture(rawValue: "SCMP_ARCH_S390X")
        /// `SCMP_ARCH_PARISC`.
        public static let parisc = Architecture(rawValue: "SCMP_ARCH_PARISC")
        /// `SCMP_ARCH_PARISC64`.
        public static let parisc64 = Architecture(rawValue: "SCMP_ARCH_PARISC64")
        /// `SCMP_ARCH_RISCV64`.
        public static let riscv64 = Architecture(rawValue: "SCMP_ARCH_RISCV64")
        /// `SCMP_ARCH_LOONGARCH64`.
        public static let loongarch64 = Architecture(rawValue: "SCMP_ARCH_LOONGARCH64")
        /// `SCMP_ARCH_M68K`.
        public static let m68k = Architecture(rawValue: "SCMP_ARCH_M68K")
        /// `SCMP_ARCH_SH`.
        public static let sh = Architecture(rawValue: "SCMP_ARCH_SH")
        /// `SCMP_ARCH_SHEB`.
        public static let sheb = Architecture(rawValue: "SCMP_ARCH_SHEB")
    }
}

extension SeccompProfile.Architecture {
    /// The bit that an x32 call carries in its number (`asm/unistd.h`, `__X32_SYSCALL_BIT`).
    static let x32Bit: UInt32 = 0x4000_0000

    /// libseccomp's number of the architecture; nil where the installed libseccomp doesn't know it.
    var token: UInt32? {
        guard rawValue.hasPrefix("SCMP_ARCH_") else { return nil }
        let token = seccomp_arch_resolve_name(rawValue.dropFirst("SCMP_ARCH_".count).lowercased())
        return token == 0 ? nil : token
    }

    /// Whether the specification has the architecture.
    var isKnown: Bool {
        Self.known.contains(self)
    }

    private static let known: Set<Self> = [
        .x86, .x86_64, .x32, .arm, .aarch64, .mips, .mips64, .mips64n32, .mipsel, .mipsel64, .mipsel64n32, .ppc, .ppc64,
        .ppc64le, .s390, .s390x, .parisc, .parisc64, .riscv64, .loongarch64, .m68k, .sh, .sheb,
    ]

    /// What the kernel says in `seccomp_data.arch`: x32 is told from x86-64 by the number of the call alone.
    var auditArchitecture: UInt32? {
        self == .x32 ? Self.x86_64.token : token
    }

    /// The architecture's own number of a call; nil where there is none.
    ///
    /// libseccomp is asked first, then ``NewerSystemCalls``. A number of x32 carries ``x32Bit``.
    func number(of call: String) -> UInt32? {
        guard let token else { return nil }
        let number = seccomp_syscall_resolve_name_arch(token, call)
        // Negative: unknown (-1), or a pseudo-number that says "known, but not on this architecture".
        if number >= 0 { return UInt32(number) }
        return number == -1 ? NewerSystemCalls.number(of: call, on: self) : nil
    }
}
