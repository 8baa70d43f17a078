// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A rule of the default profile with the conditions under which it belongs to a container's profile.
struct ConditionalSeccompRule: Sendable {
    let rule: SeccompProfile.Syscall

    /// The container must have all of these.
    var requires: CapabilitySet = []

    /// The container must have none of these.
    var excludes: CapabilitySet = []

    /// The machine must be one of these; empty for any.
    var architectures: [SeccompProfile.Architecture] = []

    /// The machine must be none of these.
    var excludedArchitectures: [SeccompProfile.Architecture] = []

    /// The kernel must be at least this old.
    var minimumKernel = SeccompProfile.KernelVersion(0, 0)

    /// Whether the rule belongs to the profile of such a container on such a machine.
    func applies(
        capabilities: CapabilitySet,
        architecture: SeccompProfile.Architecture,
        kernel: SeccompProfile.KernelVersion
    ) -> Bool {
        capabilities.isSuperset(of: requires)
            && capabilities.isDisjoint(with: excludes)
            && (architectures.isEmpty || architectures.contains(architecture))
            && !excludedArchitectures.contains(architecture)
            && kernel >= minimumKernel
    }
}

extension ConditionalSeccompRule {
    /// Allows calls, given as names between blanks, under conditions on their arguments.
    static func allow(
        _ names: String,
        where args: SeccompProfile.Argument...,
        requires: CapabilitySet = [],
        excludes: CapabilitySet = [],
        on architectures: [SeccompProfile.Architecture] = [],
        notOn excludedArchitectures: [SeccompProfile.Architecture] = [],
        since minimumKernel: SeccompProfile.KernelVersion = .init(0, 0)
    ) -> ConditionalSeccompRule {
        ConditionalSeccompRule(
            rule: .init(
                names: names.split(whereSeparator: \.isWhitespace).map(String.init),
                action: .allow,
                args: args
            ),
            requires: requires,
            excludes: excludes,
            architectures: architectures,
            excludedArchitectures: excludedArchitectures,
            minimumKernel: minimumKernel
        )
    }
}
