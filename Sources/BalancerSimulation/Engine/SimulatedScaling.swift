// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

/// The autoscaler of a run.
struct SimulatedScaling {
    private enum Scaler {
        case utilisation(HorizontalScaler, target: Double)
        case concurrency(ConcurrencyScaler)
    }

    private var scaler: Scaler
    let interval: Int64
    let startDelay: Int64
    /// Replicas that were started and do not take requests yet.
    var starting = 0

    init(_ autoscaling: Autoscaling) throws(BalancerError) {
        switch autoscaling.rule {
        case .utilisation(let configuration, let target):
            guard target > 0, target.isFinite else {
                throw BalancerError(
                    code: .invalidConfiguration,
                    message: "the autoscaler's target is \(target): it must be a number above 0"
                )
            }
            scaler = .utilisation(try HorizontalScaler(configuration), target: target)
        case .concurrency(let configuration):
            scaler = .concurrency(try ConcurrencyScaler(configuration))
        }
        interval = max(1_000_000, autoscaling.interval.simulated)
        startDelay = max(0, autoscaling.startDelay.simulated)
    }

    /// Notes the requests in flight over all replicas, each time before it decides.
    mutating func record(inFlight: Int, at now: Timestamp) {
        guard case .concurrency(var concurrency) = scaler else { return }
        concurrency.record(inFlight: Double(inFlight), at: now)
        scaler = .concurrency(concurrency)
    }

    /// How many replicas there should be, those that start included.
    mutating func decide(_ samples: [ScalingMetric.Sample], current: Int, at now: Timestamp) -> Int {
        switch scaler {
        case .utilisation(var horizontal, let target):
            let waiting = (0..<starting).map { _ in ScalingMetric.Sample(nil, isReady: false) }
            let metric = ScalingMetric.perReplica(samples + waiting, target: target)
            let wanted = horizontal.decide([metric], current: current + starting, at: now)
            scaler = .utilisation(horizontal, target: target)
            return wanted
        case .concurrency(var concurrency):
            let wanted = concurrency.decide(ready: current, at: now)
            scaler = .concurrency(concurrency)
            return wanted
        }
    }
}
