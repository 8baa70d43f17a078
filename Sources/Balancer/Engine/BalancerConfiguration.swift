// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What holds around any policy of a ``LoadBalancer``.
public struct BalancerConfiguration: Sendable {
    /// Where every random choice starts; equal seeds and equal calls give equal picks.
    public var seed: UInt64 = 0x4E65_7374
    /// The share of impaired (unhealthy or ejected) endpoints from which on health is ignored and all are used, because
    /// sending everything to the few that are left would break them too (Envoy's panic threshold); 0 never panics.
    ///
    /// The value is the least healthy share, 0 ... 1, that still counts as enough.
    public var panicThreshold: Double = 0.5
    /// The most requests in flight that one endpoint may have; none by default.
    public var maxInFlightPerEndpoint: Int?
    /// The most requests in flight over all endpoints; none by default.
    public var maxInFlight: Int?

    /// Whether and when endpoints are left out for their answers; never by default.
    public var outlierDetection: OutlierDetection?
    /// How endpoints that join or recover are given their weight by degrees; at once by default.
    public var slowStart: SlowStart?
    /// After how long without a new one an endpoint's load report counts as missing (gRPC A58: 3 minutes); 180 seconds
    /// by default.
    public var reportExpiry: Duration = .seconds(180)

    /// Creates the defaults.
    public init() {}
}
