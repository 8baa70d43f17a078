// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A profile in BPF as libseccomp and ``SeccompPrelude`` write it, before ``SeccompOptimizer`` shortens it.
struct SeccompTranslation {
    /// The program.
    let instructions: [BPFInstruction]

    /// The values of `seccomp_data.arch` that the program tells apart, the machine's own first.
    let auditArchitectures: [UInt32]

    /// Names that neither libseccomp nor ``NewerSystemCalls`` knows.
    let ignoredNames: Set<String>

    /// Translates a profile.
    ///
    /// - Parameters:
    ///   - profile: The profile.
    ///   - machine: The architecture that is always among those allowed.
    /// - Throws: ``ContainerError``, as ``SeccompProgram/init(compiling:for:)``.
    init(_ profile: SeccompProfile, for machine: SeccompProfile.Architecture) throws(ContainerError) {
        let defaultVerdict = try profile.defaultAction.verdict(errno: profile.defaultErrnoRet)
        let rules = try profile.rules()
        let architectures = [machine] + profile.architectures.filter { $0 != machine }

        let context = try SeccompContext(default: defaultVerdict)
        try context.use(architectures)
        // libseccomp up to 2.5.4 makes a wrong tree of no rules, and a tree of a few is no gain.
        if rules.count > 32 { try context.optimizeForManyRules() }
        var newerRules: [SeccompRule] = []
        var ignoredNames: Set<String> = []
        for rule in rules {
            // libseccomp refuses rules that say what happens anyway.
            guard rule.verdict != defaultVerdict else { continue }
            guard try !context.add(rule) else { continue }
            if NewerSystemCalls.contains(rule.call) {
                newerRules.append(rule)
            } else {
                ignoredNames.insert(rule.call)
            }
        }

        let names = Set(rules.map(\.call))
        let prelude = SeccompPrelude(
            parts: architectures.compactMap { architecture in
                SeccompPreludePart(
                    architecture,
                    newerRules: newerRules,
                    names: names,
                    tellsNewer: !profile.defaultAction.letsThrough,
                    refusesTerminalInjection: profile.refusesTerminalInjection
                )
            }
        )
        self.instructions = try prelude.instructions() + context.export()
        self.auditArchitectures = architectures.compactMap(\.auditArchitecture)
        self.ignoredNames = ignoredNames
    }
}
