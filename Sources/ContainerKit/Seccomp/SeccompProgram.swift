// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A profile compiled to the program that the kernel runs on each system call.
///
/// The launch loads it with `seccomp(SECCOMP_SET_MODE_FILTER, flags, {instructionCount, bytes})`.
package struct SeccompProgram: Hashable, Sendable {
    /// The instructions in the kernel's layout: 8 bytes each, this machine's byte order (`struct sock_filter`).
    package let bytes: [UInt8]

    /// The `SECCOMP_FILTER_FLAG_…` bits to load it with.
    package let flags: UInt32

    /// Names in the profile that neither libseccomp nor this library knows; they were ignored, as runc does.
    package let ignoredNames: Set<String>

    /// How many instructions there are.
    package var instructionCount: Int {
        bytes.count / BPFInstruction.size
    }
}

extension SeccompProgram {
    /// Compiles a profile; ``compiled(from:)`` does so once for each profile.
    ///
    /// - Parameters:
    ///   - profile: The profile.
    ///   - machine: The architecture to compile for, which is always among those allowed.
    /// - Throws: ``ContainerError`` with the code `invalidConfiguration` for a profile that breaks the specification,
    ///   `unsupported` for what this library or libseccomp can't do, `seccomp` where libseccomp fails.
    package init(
        compiling profile: SeccompProfile,
        for machine: SeccompProfile.Architecture = .native
    ) throws(ContainerError) {
        self.flags = try profile.flagBits()
        let translation = try SeccompTranslation(profile, for: machine)
        self.ignoredNames = translation.ignoredNames
        let program = SeccompOptimizer.optimize(
            translation.instructions,
            architectures: translation.auditArchitectures
        )
        guard program.count <= BPFInstruction.maximumCount else {
            throw ContainerError(
                .invalidConfiguration,
                """
                The seccomp profile compiles to \(program.count) instructions; the kernel takes \
                \(BPFInstruction.maximumCount).
                """
            )
        }
        self.bytes = BPFInstruction.encode(program)
    }
}

extension SeccompProfile {
    /// The bits of ``flags``.
    fileprivate func flagBits() throws(ContainerError) -> UInt32 {
        var bits: UInt32 = 0
        // The kernel takes this one only with a listener.
        for flag in flags where flag != .waitKillableReceive || asksListener {
            guard let bit = flag.bit else {
                throw ContainerError(.invalidConfiguration, "'\(flag.rawValue)' is no seccomp filter flag.")
            }
            bits |= bit
        }
        return bits
    }
}
