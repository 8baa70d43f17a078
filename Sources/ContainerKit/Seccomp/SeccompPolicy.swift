// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// Which seccomp profile a container runs under.
public struct SeccompPolicy: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case standard
        case hardened
        case unconfined
        case custom(SeccompProfile)
    }

    package var kind: Kind

    /// Docker's default profile for the container's capabilities.
    public static let standard = SeccompPolicy(kind: .standard)

    /// Docker's default profile without what nothing needs; see
    /// ``SeccompProfile/hardened(capabilities:architecture:kernel:)``.
    public static let hardened = SeccompPolicy(kind: .hardened)

    /// Every system call is allowed that the container's capabilities allow.
    public static let unconfined = SeccompPolicy(kind: .unconfined)

    /// A profile of your own.
    ///
    /// - Parameter profile: Compiled when it is first used, and kept.
    /// - Returns: The policy.
    public static func custom(_ profile: SeccompProfile) -> SeccompPolicy {
        SeccompPolicy(kind: .custom(profile))
    }

    /// The socket of the agent that the profile's calls are put to.
    package var listenerPath: String? {
        if case .custom(let profile) = kind, profile.asksListener { profile.listenerPath ?? "" } else { nil }
    }

    /// Checks what an agent needs.
    func validate() throws(ContainerError) {
        if case .custom(let profile) = kind { try profile.validateListener() }
    }

    /// What that agent is told besides.
    package var listenerMetadata: String? {
        if case .custom(let profile) = kind { profile.listenerMetadata } else { nil }
    }

    /// The profile for a container with these capabilities; `nil` for none.
    package func profile(for capabilities: CapabilitySet) -> SeccompProfile? {
        switch kind {
        case .standard: .default(capabilities: capabilities)
        case .hardened: .hardened(capabilities: capabilities)
        case .unconfined: nil
        case .custom(let profile): profile
        }
    }
}
