// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Balancer

/// Decides how many containers a service is to have; pure.
struct AutoscaleDecision {
    /// What one container has to do.
    struct Load: Hashable, Sendable {
        /// The share of its processor time; `nil` while it is not known.
        var cpu: Double?
        /// How many clients it has.
        var clients: Int
        /// What it, or someone for it, has reported.
        var reported: Double?
    }

    let options: Autoscaling
    private var scaler: HorizontalScaler
    /// Since when nobody has asked for anything.
    private var idleSince: Timestamp?

    /// - Throws: ``NestboxError`` of code `invalidSpecification`.
    init(_ options: Autoscaling) throws(NestboxError) {
        try options.validate()
        self.options = options
        var configuration = HorizontalScaler.Configuration(minimum: max(1, options.minimum), maximum: options.maximum)
        configuration.scaleIn.stabilisation = .seconds(options.scaleInDelay)
        do {
            scaler = try HorizontalScaler(configuration)
        } catch {
            throw NestboxError(.invalidSpecification, "the service can't be scaled so", cause: error)
        }
    }

    /// Takes note of the present load.
    ///
    /// - Parameters:
    ///   - loads: What each container has to do.
    ///   - waiting: How many clients wait for a container.
    ///   - now: The present moment.
    /// - Returns: How many containers there should be.
    mutating func decide(_ loads: [Load], waiting: Int, at now: Timestamp) -> Int {
        guard !loads.isEmpty else { return waiting > 0 ? max(1, options.minimum) : options.minimum }
        let isIdle = waiting == 0 && loads.allSatisfy { $0.clients == 0 }
        idleSince = isIdle ? idleSince ?? now : nil
        let wanted = scaler.decide([metric(loads)], current: loads.count, at: now)
        if options.minimum == 0, wanted <= 1, let idleSince,
            now.elapsed(since: idleSince) >= .seconds(options.scaleInDelay)
        {
            return 0
        }
        return wanted
    }

    private func metric(_ loads: [Load]) -> ScalingMetric {
        let samples = loads.map { load in
            switch options.metric {
            case .concurrency: ScalingMetric.Sample(Double(load.clients))
            case .reported: ScalingMetric.Sample(load.reported)
            default: ScalingMetric.Sample(load.cpu)
            }
        }
        return .perReplica(samples, target: options.target)
    }
}
