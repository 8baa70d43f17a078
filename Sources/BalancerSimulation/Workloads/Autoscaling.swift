// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Balancer

/// An autoscaler that runs along.
public struct Autoscaling: Sendable {
    /// Its bounds and rules.
    public var configuration: HorizontalScaler.Configuration
    /// The CPU utilisation to aim at.
    public var targetUtilisation: Double
    /// How often it decides.
    public var interval = Duration.seconds(15)
    /// How long a replica takes from its start to its first request.
    public var startDelay = Duration.seconds(5)

    /// Creates an autoscaler.
    ///
    /// - Parameters:
    ///   - configuration: Its bounds and rules.
    ///   - targetUtilisation: The CPU utilisation to aim at.
    public init(configuration: HorizontalScaler.Configuration, targetUtilisation: Double) {
        self.configuration = configuration
        self.targetUtilisation = targetUtilisation
    }
}
