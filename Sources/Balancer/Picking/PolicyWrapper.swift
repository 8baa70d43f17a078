// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A policy that narrows down the endpoints, or answers some requests itself, and leaves the rest to another policy.
public protocol PolicyWrapper: Policy {
    /// The policy underneath.
    var policy: any Policy { get }
}

extension PolicyWrapper {
    /// What the policy underneath asks for.
    public var needsTotalInFlight: Bool { policy.needsTotalInFlight }

    /// What the policy underneath asks for.
    public var needsTimeInFlight: Bool { policy.needsTimeInFlight }

    /// What the policy underneath asks for.
    public var latencyDecay: Duration? { policy.latencyDecay }

    /// What the policy underneath asks for.
    public var refreshInterval: Duration? { policy.refreshInterval }
}
