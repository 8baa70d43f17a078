// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The state of one endpoint, as ``LoadBalancer/status()`` shows it.
public struct EndpointStatus: Hashable, Sendable {
    /// The endpoint's name.
    public var id: String
    /// Requests that were picked and not yet completed.
    public var inFlight: Int
    /// Requests ever picked.
    public var started: UInt64
    /// What health checks say.
    public var health: EndpointHealth
    /// Whether it takes no new requests because it is on its way out.
    public var isDraining: Bool
    /// Whether outlier detection keeps it out for now.
    public var isEjected: Bool
    /// Whether picks may choose it at present.
    public var isEligible: Bool
    /// The share of its capacity in use, as the last load report has it; nil if there was none.
    public var reportedUtilisation: Double?
}
