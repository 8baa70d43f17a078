// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// An autoscaler that runs along.
public struct Autoscaling: Sendable {
    enum Rule: Sendable {
        case utilisation(HorizontalScaler.Configuration, target: Double)
        case concurrency(ConcurrencyScaler.Configuration)
    }

    let rule: Rule
    /// How often it decides.
    public var interval: Duration
    /// How long a replica takes from its start to its first request.
    public var startDelay = Duration.seconds(5)

    /// Creates an autoscaler by CPU utilisation, which decides every 15 seconds (the Kubernetes rule).
    ///
    /// - Parameters:
    ///   - configuration: Its bounds and rules.
    ///   - targetUtilisation: The CPU utilisation to aim at.
    public init(configuration: HorizontalScaler.Configuration, targetUtilisation: Double) {
        rule = .utilisation(configuration, target: targetUtilisation)
        interval = .seconds(15)
    }

    /// Creates an autoscaler by requests in flight, which decides every 2 seconds (the Knative rule).
    ///
    /// - Parameter concurrency: Its targets, windows and bounds.
    public init(concurrency: ConcurrencyScaler.Configuration) {
        rule = .concurrency(concurrency)
        interval = .seconds(2)
    }
}
