// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import CLinux
internal import CSeccomp
internal import Glibc
internal import SystemPackage

/// A filter under construction in libseccomp (`seccomp_init(3)`).
struct SeccompContext: ~Copyable {
    private let context: scmp_filter_ctx

    /// Starts a filter for the machine's own architecture.
    ///
    /// - Parameter verdict: What happens to a call that no rule matches.
    /// - Throws: ``ContainerError`` with the code `seccomp`.
    init(default verdict: UInt32) throws(ContainerError) {
        guard let context = seccomp_init(verdict) else {
            throw ContainerError(.seccomp, "libseccomp could not start a filter.", operation: "seccomp_init")
        }
        self.context = context
    }

    deinit {
        seccomp_release(context)
    }

    /// Makes the filter one for these architectures; calls of others kill the thread, libseccomp's own default.
    func use(_ architectures: [SeccompProfile.Architecture]) throws(ContainerError) {
        for architecture in architectures where architecture != .native {
            guard let token = architecture.token else {
                throw ContainerError(
                    architecture.isKnown ? .unsupported : .invalidConfiguration,
                    "The seccomp architecture '\(architecture.rawValue)' is not known to this machine's libseccomp."
                )
            }
            try Self.check(seccomp_arch_add(context, token), "seccomp_arch_add", architecture.rawValue)
        }
        if !architectures.contains(.native) {
            try Self.check(seccomp_arch_remove(context, UInt32(SCMP_ARCH_NATIVE)), "seccomp_arch_remove", "native")
        }
    }

    /// Orders the filter as a binary tree of numbers instead of a list (libseccomp 2.5).
    func optimizeForManyRules() throws(ContainerError) {
        try Self.check(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2), "seccomp_attr_set", "optimize")
    }

    /// Adds a rule; false if libseccomp doesn't know the call.
    func add(_ rule: SeccompRule) throws(ContainerError) -> Bool {
        // The number may be negative: libseccomp's stand-in for a call that other architectures of the filter have.
        let number = seccomp_syscall_resolve_name(rule.call)
        guard number != -1 else { return false }
        let comparisons = rule.conditions.map { condition in
            scmp_arg_cmp(
                arg: condition.index,
                op: condition.op.comparison,
                datum_a: condition.value,
                datum_b: condition.valueTwo
            )
        }
        try Self.check(
            seccomp_rule_add_array(context, rule.verdict, number, UInt32(comparisons.count), comparisons),
            "seccomp_rule_add",
            rule.call
        )
        return true
    }

    /// The program that libseccomp makes of the rules.
    func export() throws(ContainerError) -> [BPFInstruction] {
        // A program of twice the kernel's most still fits, so that the caller can tell how much too long it is.
        let room = [UInt8](repeating: 0, count: 2 * BPFInstruction.maximumCount * BPFInstruction.size)
        // A file in memory: libseccomp before 2.6 exports to descriptors only, and a pipe may hold less than a program.
        let file = nestbox_shared_memory("nestbox-seccomp", room, room.count)
        try Self.check(file, "memfd_create", "program")
        defer { close(file) }
        lseek(file, 0, SEEK_SET)
        try Self.check(seccomp_export_bpf(context, file), "seccomp_export_bpf", "program")
        let size = Int(lseek(file, 0, SEEK_CUR))
        let bytes = [UInt8](unsafeUninitializedCapacity: room.count) { buffer, count in
            count = max(0, pread(file, buffer.baseAddress, size, 0))
        }
        guard size > 0, bytes.count == size, let program = BPFInstruction.decode(bytes) else {
            throw ContainerError(
                .seccomp,
                "libseccomp's program could not be read back.",
                operation: "seccomp_export_bpf"
            )
        }
        return program
    }

    private static func check(_ result: CInt, _ operation: String, _ subject: String) throws(ContainerError) {
        guard result < 0 else { return }
        throw ContainerError(
            .seccomp,
            "libseccomp refused a part of the seccomp profile (\(subject)).",
            operation: operation,
            errno: Errno(rawValue: -result)
        )
    }
}

extension SeccompProfile.Operator {
    /// libseccomp's value of the operator.
    fileprivate var comparison: scmp_compare {
        switch self {
        case .notEqual: SCMP_CMP_NE
        case .less: SCMP_CMP_LT
        case .lessOrEqual: SCMP_CMP_LE
        case .equal: SCMP_CMP_EQ
        case .greaterOrEqual: SCMP_CMP_GE
        case .greater: SCMP_CMP_GT
        default: SCMP_CMP_MASKED_EQ
        }
    }
}
