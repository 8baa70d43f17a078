// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// The autoscaler of a run.
struct SimulatedScaling {
    private var scaler: HorizontalScaler
    private let target: Double
    let interval: Int64
    let startDelay: Int64
    /// Replicas that were started and do not take requests yet.
    var starting = 0

    init(_ autoscaling: Autoscaling) throws(BalancerError) {
        scaler = try HorizontalScaler(autoscaling.configuration)
        target = autoscaling.targetUtilisation
        interval = max(1, autoscaling.interval.simulated)
        startDelay = autoscaling.startDelay.simulated
    }

    mutating func decide(_ samples: [ScalingMetric.Sample], current: Int, at now: Timestamp) -> Int {
        let waiting = (0..<starting).map { _ in ScalingMetric.Sample(nil, isReady: false) }
        return scaler.decide([.perReplica(samples + waiting, target: target)], current: current + starting, at: now)
    }
}
