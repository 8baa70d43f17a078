// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// When an endpoint is left out for a while because its answers to real requests are worse than they should be.
///
/// Source: Envoy, "Outlier detection", whose defaults these are.
public struct OutlierDetection: Hashable, Sendable {
    /// So many failures in a row eject at once; 5 by default, nil for never.
    public var consecutiveFailures: Int? = 5
    /// So many gateway failures (502, 503, 504, no connection, no answer in time) in a row eject at once; nil for never.
    public var consecutiveGatewayFailures: Int?
    /// Every endpoint whose success rate is this many standard deviations below the mean is ejected; 1.9 by
    /// default, nil for never.
    public var successRateDeviations: Double? = 1.9
    /// Every endpoint with at least this share of failures is ejected; nil for never.
    public var failureShare: Double?
    /// Rates count only with at least this many requests in an interval; 100 by default.
    public var minimumRequests = 100
    /// Rates count only if at least this many endpoints have as many requests; 5 by default.
    public var minimumEndpoints = 5
    /// How often rates are looked at, and ejected endpoints forgiven; 10 seconds by default.
    public var interval = Duration.seconds(10)
    /// How long the first ejection lasts; 30 seconds by default; the n-th in a row lasts n times as long.
    public var baseEjectionTime = Duration.seconds(30)
    /// How long an ejection lasts at most; 300 seconds by default.
    public var maximumEjectionTime = Duration.seconds(300)
    /// The largest share of endpoints that may be out at once; 0.1 by default; one always may.
    public var maximumEjectedShare = 0.1

    /// Creates Envoy's defaults.
    public init() {}

    /// How long an ejection lasts.
    ///
    /// - Parameter times: How often the endpoint has been ejected in a row, this time included.
    /// - Returns: The base time so many times, held to the maximum.
    public func ejectionTime(times: Int) -> Duration {
        let base = max(0, baseEjectionTime.wholeNanoseconds)
        let (product, overflow) = base.multipliedReportingOverflow(by: Int64(max(1, times)))
        return min(maximumEjectionTime, overflow ? maximumEjectionTime : .nanoseconds(product))
    }

    /// Which of some endpoints had worse answers than they should in an interval.
    ///
    /// - Parameter counts: Successes and failures of each endpoint.
    /// - Returns: The positions of the outliers, in order.
    public func outliers(_ counts: [(successes: Int, failures: Int)]) -> [Int] {
        let busy = counts.indices.filter { counts[$0].successes + counts[$0].failures >= max(1, minimumRequests) }
        guard busy.count >= max(1, minimumEndpoints) else { return [] }
        let rates = busy.map { Double(counts[$0].successes) / Double(counts[$0].successes + counts[$0].failures) }
        let mean = rates.reduce(0, +) / Double(rates.count)
        let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rates.count)
        let least = successRateDeviations.map { mean - $0 * variance.squareRoot() } ?? -.infinity
        return zip(busy, rates).filter { _, rate in
            rate < least || failureShare.map { 1 - rate >= $0 } ?? false
        }.map(\.0)
    }
}
